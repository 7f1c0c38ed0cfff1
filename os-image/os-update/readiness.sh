# os-image/os-update/readiness.sh: whether the moment is right for an update: nothing else under way, enough power, enough room.
# shellcheck shell=sh
# shellcheck disable=SC2154 # environment.sh is sourced before; poll_ms and the folders are its

least_free_kb=${FLEET_LEAST_FREE_KB:-524288} # a kernel with its initramfs and the packages of a month
least_charge_percent=30
most_wait_ms_for_others=7200000 # what takes longer than two hours is stuck, not under way

# others: prints what is under way; fails when nothing is. The nucleus keeps deployments/ongoing while it carries out a deployment; one that is
# older was left by a power cut.
others() {
  if [ -e "$identity/trial" ]; then printf 'a new certificate is being tried'
  elif [ -n "$(find "$nucleus_root/deployments/ongoing" -prune -mmin -120 2>/dev/null)" ]; then printf 'a deployment is running'
  else return 1; fi
}

wait_for_others() {
  waited_ms=0 said=''
  while what=$(others) && [ "$waited_ms" -lt "$most_wait_ms_for_others" ]; do
    if [ "$what" != "$said" ]; then answer waiting "$what"; fi
    said=$what
    pause "$poll_ms"
    waited_ms=$((waited_ms + poll_ms))
  done
}

# unready: prints why the device is not fit for an update; fails when it is.
unready() { low_voltage || low_battery || little_room; }

# Bit 0 is «under-voltage now» (Raspberry Pi documentation, vcgencmd, get_throttled). Other boards have no such command.
low_voltage() {
  throttled=$(vcgencmd get_throttled 2>/dev/null) || return 1
  throttled=${throttled#throttled=}
  case $throttled in 0x*[!0-9a-fA-F]* | 0x) return 1 ;; 0x*) ;; *) return 1 ;; esac
  [ $((throttled & 1)) = 1 ] && printf 'the supply voltage is too low: use a stronger power supply or a shorter cable'
}

low_battery() {
  for battery in "$root"/sys/class/power_supply/*; do
    [ "$(cat "$battery/status" 2>/dev/null)" = Discharging ] || continue
    charge=$(cat "$battery/capacity" 2>/dev/null) || continue
    case $charge in '' | *[!0-9]*) continue ;; esac
    if [ "$charge" -lt "$least_charge_percent" ]; then
      printf 'the battery is at %s %% and discharges: at least %s %% are needed' "$charge" "$least_charge_percent"
      return 0
    fi
  done
  return 1
}

little_room() {
  free_kb=$(df -Pk "$root/" | awk 'NR == 2 { print $4 }')
  case $free_kb in '' | *[!0-9]*) return 1 ;; esac
  [ "$free_kb" -lt "$least_free_kb" ] && printf 'only %s MB are free on the card, %s MB are needed' $((free_kb / 1024)) $((least_free_kb / 1024))
}
