#!/bin/sh
# os-image/test/uefi/guest/figures.sh: of the machine it runs on, one a line, `name value unit`: when what happened since its kernel began (`at:…`), and what memory each unit has for itself (`memory:…`).
set -u
here=$(dirname "$0")
figure() { printf '%s\n' "$*"; }
seconds_of() { awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000000 }'; }

# at_property NAME PROPERTY [UNIT]: a time that systemd keeps.
at_property() {
  us=$(systemctl show -P "$2" ${3:+"$3"})
  if [ "${us:-0}" -gt 0 ]; then figure "at:$1" "$(seconds_of "$us")" s; fi
}

# at_word NAME UNIT WORDS: when the unit first said so in this boot, by the journal.
at_word() {
  seconds=$(journalctl -q -b -o short-monotonic -u "$2" | grep -m 1 -F "$3" | sed -n 's/^\[ *\([0-9.]*\)[]@].*/\1/p')
  if [ -n "$seconds" ]; then figure "at:$1" "${seconds%?????}" s; fi
}

# Docker knows the time of day alone; the kernel began at that of now, less how long it runs.
containers() {
  kernel_began=$(awk -v now="$(date +%s.%N)" '{ print now - $1 }' OFMT=%.3f /proc/uptime)
  docker ps -q | xargs -r docker inspect -f '{{.Name}} {{.State.StartedAt}}' | while read -r name at; do
    figure "at:container:${name#/}" "$(awk -v at="$(date -d "$at" +%s.%N)" -v began="$kernel_began" 'BEGIN { printf "%.1f", at - began }')" s
  done
}

moments() {
  at_property systemd UserspaceTimestampMonotonic
  at_property clock ActiveEnterTimestampMonotonic time-sync.target
  at_property docker ActiveEnterTimestampMonotonic docker.service
  at_property first-boot ExecMainStartTimestampMonotonic fleet-first-boot.service
  at_word asking fleet-first-boot.service 'joining: Asking'
  at_word certificate fleet-first-boot.service 'proving: '
  at_word joined fleet-first-boot.service 'joined: '
  at_word blink fleet-board.service 'light: blinking'
  containers
}

# Whose a process is: its unit, or its container; `docker run` and what holds a container are told apart from the engine and the nucleus.
owner_of() {
  group=$(sed -n 's/^0:://p' "/proc/$1/cgroup")
  unit=${group##*/}
  case $unit in
    docker-*.scope) docker inspect -f '{{.Name}}' "$(expr "$unit" : 'docker-\(.*\)\.scope')" | tr -d / ;;
    greengrass.service | containerd.service) printf '%s:%s' "$unit" "$(tr ' ' _ < "/proc/$1/comm")" ;;
    *) printf '%s' "$unit" ;;
  esac
}

# Pss: what a process has for itself, and its part of what it shares; without the page cache that a cgroup counts with it.
memory() {
  for process in /proc/[0-9]*; do
    kib=$(sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "$process/smaps_rollup" 2> /dev/null) || continue
    if [ -n "$kib" ]; then printf '%s %s\n' "$(owner_of "${process#/proc/}" 2> /dev/null)" "$kib"; fi
  done | awk 'NF == 2 { sum[$1] += $2 } END { for (owner in sum) printf "memory:%s %.1f MiB\n", owner, sum[owner] / 1024 }' | sort
  free -m | sed -n 's/^Mem: *\([0-9]*\) *\([0-9]*\) .*/memory-of-the-machine \1 MiB\nmemory-used \2 MiB/p'
}

moments
memory
figure packages "$(dpkg-query -W -f '${db:Status-Abbrev}\n' | grep -c '^ii')"
figure card-used "$(df -m --output=used / | tail -n 1 | tr -d ' ')" MiB
figure work "$("$here/bin/node" "$here/work.cjs")" ms
