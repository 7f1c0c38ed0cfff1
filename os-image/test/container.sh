# os-image/test/container.sh: a root under a real systemd, in a container of systemd-nspawn, and what holds in it. The checks source this file.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # read by those who source it; here is theirs

# new_work: sets work, and root, which is not there yet.
new_work() {
  failures=0 checks=0 container=''
  work=$(mktemp -d)
  root=$work/root
  # Only what was started here is ended.
  trap 'end_container; rm -rf "$work"' EXIT
  trap 'exit 143' TERM INT # else a time limit would leave it all behind
}

# new_root PRISTINE: a copy of it with our host units, installed as provisioning does.
new_root() {
  new_work
  cp -a "$1" "$root"
  for unit in docker nftables systemd-timesyncd systemd-time-wait-sync ssh; do
    [ -e "$root/usr/lib/systemd/system/$unit.service" ] ||
      printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' > "$root/usr/lib/systemd/system/$unit.service"
  done
  FLEET_ROOT=$root FLEET_FLAVOUR=pi sh "$here/../provision/units.sh"
  ln -sf /dev/null "$root/etc/systemd/system/fleet-grow-root.service" # no disk to grow in a container
}

boot() {
  systemd-nspawn -q -b -D "$root" --register=no --keep-unit --console=pipe --private-network < /dev/null > "$work/console" 2>&1 &
  container=$!
  until_so inside systemctl is-active multi-user.target
}

# The first process of the container; another one after it has rebooted.
init() { pgrep -P "$container" | head -n 1; }
inside() { nsenter -t "$(init)" -a "$@"; }

power_off() {
  inside systemctl poweroff || true
  wait "$container" || true
  container=''
}

# cut_power: all of it at once.
cut_power() {
  kill -KILL "$(init)"
  wait "$container" 2> /dev/null || true
  container=''
}

is_off() { [ -z "$(init)" ]; }

# comes_back: it reboots, that is, it ends as systemd-nspawn ends when what is in it wants to reboot, and is started again.
comes_back() {
  until_so is_off || return 1
  code=0
  wait "$container" || code=$?
  container=''
  [ "$code" = 133 ] && boot
}

end_container() {
  [ -n "$container" ] || return 0
  kill "$container" 2> /dev/null || true
  wait "$container" 2> /dev/null || true
}

# holds WHAT COMMAND...: the command says whether it is so.
holds() {
  what=$1 && shift
  checks=$((checks + 1))
  if "$@" > "$work/said" 2>&1; then printf 'ok      %s\n' "$what"; else
    printf 'not ok  %s\n' "$what"
    sed 's/^/          /' "$work/said" | tail -n 5
    failures=$((failures + 1))
  fi
}

# until_so COMMAND...: waits for a state, a minute at most.
until_so() {
  tries=0
  until "$@" > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || return 1
    sleep 0.2
  done
}

# exposures: of all our units, by systemd's own rating: 0 is best, 10 is none.
exposures() {
  for unit in $(cd "$root/usr/lib/systemd/system" && ls fleet-*.service greengrass.service); do
    printf '        exposure of %s: %s\n' "$unit" "$(inside systemd-analyze security --no-pager --offline=true "/usr/lib/systemd/system/$unit" 2> /dev/null | sed -n 's/.*level for [^:]*: //p' | cut -d ' ' -f 1-2)"
  done
}

sum_up() {
  printf '%s checks, %s failed\n' "$checks" "$failures"
  [ "$failures" = 0 ]
}
