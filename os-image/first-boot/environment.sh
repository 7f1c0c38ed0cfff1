# os-image/first-boot/environment.sh: where everything lies, and what every step does alike: write durably, say how it stands, wait.
# shellcheck shell=sh
# shellcheck disable=SC2034 # read by the steps that source this file

set -eu
umask 077
export LC_ALL=C # so that a-z means these 26 letters and ${#x} counts bytes

root=${FLEET_ROOT:-} # empty on a board; the card's folder in tests and in the sandbox
boot=$root/boot/firmware
flashed=$boot/fleet # settings.env, root-ca.pem and the claim, as `fleet image` wrote them
fleet=$root/var/lib/fleet
identity=$fleet/identity
generation=$identity/generations/1 # later ones come from certificate rotation
nucleus_root=$root/greengrass/v2
init_config=$fleet/nucleus/init-config.yaml
site_faults_file=$fleet/site-faults # what is wrong with fleet.toml (os-image/site)

first_wait_ms=${FLEET_RETRY_FIRST_MS:-5000}
most_wait_ms=${FLEET_RETRY_MOST_MS:-900000} # a refused device asks at least every 15 minutes
most_offline_wait_ms=${FLEET_OFFLINE_MOST_MS:-60000}
attempt_ms=${FLEET_ATTEMPT_MS:-180000} # the claim plugin tries 3 times, each step of a try has 30 s
poll_ms=${FLEET_POLL_MS:-1000}

# flush FILE...: these files and folders are on the disk afterwards, not only in memory.
flush() { sync "$@" 2>/dev/null || sync; } # not every sync takes names

# make_folder FOLDER: makes it and its parents, durably. Another unit may make the same ones at the same moment: hence -p.
make_folder() {
  [ -d "$1" ] && return
  make_folder "${1%/*}" && mkdir -p "$1" && flush "${1%/*}"
}

# replace FILE: what comes in becomes the content of FILE; cut off at any instant, FILE has its old content or the new.
# A FAT says how long a file is in its folder, and renaming writes that anew: hence the file is synced again.
# (Chained by &&, because `set -e` does not count inside a condition.)
replace() {
  make_folder "${1%/*}" && cat > "$1.tmp" && flush "$1.tmp" && mv "$1.tmp" "$1" && flush "$1" "${1%/*}"
}

# status STATE WHAT [DO]: tells a person who holds the card, and the journal, how it stands. Never fails: a full card must not stop us.
status() {
  serial=$(cat "$fleet/serial" 2>/dev/null) || serial=unknown
  {
    printf 'Fleetwright: how this device stands\n\nserial: %s\nstate:  %s\nwhat:   %s\n' "$serial" "$1" "$2"
    if [ -n "${3:-}" ]; then printf 'to do:  %s\n' "$3"; fi
    if [ -s "$site_faults_file" ]; then printf 'also:   %s\n' "$(cat "$site_faults_file")"; fi
    printf 'time:   %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  } | replace "$boot/fleet-status.txt" || printf 'fleet-status.txt could not be written\n' >&2
  show_state "$1"
  printf '%s: %s%s\n' "$1" "$2" "${3:+ $3}"
}

status_joined() { status joined 'This device has joined the fleet and is connected with its own certificate. The claim on this card is erased.'; }

# show_state STATE: by the green LED, for whoever has no card reader at hand (docs/IMAGE.md has the patterns). Boards without it show nothing.
show_state() {
  case $1 in
    joining | proving | busy) pattern='500 500' ;;
    refused) pattern='100 1900' ;;
    offline) pattern='1900 100' ;;
    joined) pattern='' ;;
    *) pattern='100 100' ;;
  esac
  for led in "$root/sys/class/leds/ACT" "$root/sys/class/leds/led0"; do
    [ -e "$led/trigger" ] || continue
    if [ -n "$pattern" ]; then trigger=timer; else trigger=mmc0; fi # what it shows on Raspberry Pi OS: the card is busy
    { printf '%s\n' "$trigger" > "$led/trigger" && if [ -n "$pattern" ]; then printf '%s\n' "${pattern% *}" > "$led/delay_on" && printf '%s\n' "${pattern#* }" > "$led/delay_off"; fi; } 2>/dev/null || true
  done
}

# needs_help WHAT DO: nothing here can go on by itself. systemd starts us again, in case someone has helped.
needs_help() {
  status needs-help "$1" "$2"
  exit 78 # EX_CONFIG of sysexits.h
}

# pause MS
pause() { sleep "$(($1 / 1000)).$(printf '%03d' $(($1 % 1000)))"; }

# jittered MS: between half of it and all of it, so that a fleet that lost its cloud at one moment does not return at one moment.
jittered() {
  random=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ') # 0 to 65535
  printf '%s' $(($1 / 2 + random * ($1 - $1 / 2) / 65535))
}

# at_most LIMIT MS
at_most() { if [ "$2" -gt "$1" ]; then printf '%s' "$1"; else printf '%s' "$2"; fi; }
