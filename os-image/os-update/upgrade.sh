# os-image/os-update/upgrade.sh: the packages: brings them up to date, tells what has changed and whether that takes a reboot.
# shellcheck shell=sh
# shellcheck disable=SC2154 # environment.sh is sourced before

installed_packages() { dpkg-query --show --showformat='${db:Status-Abbrev} ${binary:Package} ${Version}\n' | sed -n 's/^i.* \([^ ]* [^ ]*\)$/\1/p' | sort; }

# step WHAT COMMAND...: its output goes to the journal; what fails is named.
step() {
  what=$1
  shift
  code=0
  "$@" >&2 || code=$?
  if [ "$code" != 0 ]; then printf '%s failed (exit code %s); see journalctl -u fleet-os-update' "$what" "$code"; fi
  return "$code"
}

# apt WORDS...: asks nothing, keeps changed configuration files, waits for another apt (daily security updates). `upgrade` leaves packages on hold
# as they are and removes none; new dependencies, such as the next kernel, may come. An index that cannot be fetched is an error, not a warning.
apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# upgrade: prints what failed. First what a power cut has left half done.
upgrade() {
  step 'dpkg --configure' env DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold &&
    step 'apt-get update' apt update &&
    step 'apt-get upgrade' apt --with-new-pkgs upgrade &&
    step 'apt-get clean' apt clean &&
    step 'dpkg --audit' nothing_is_half_installed
}

nothing_is_half_installed() { [ -z "$(dpkg --audit)" ]; }

# changed_packages BEFORE: name, former version, new version; `-` for one that was not there, or is not there any more.
changed_packages() {
  installed_packages > "$1.now"
  awk 'FNR == NR { before[$1] = $2; next } { now[$1] = 1 } !($1 in before) || before[$1] != $2 { print $1, ($1 in before ? before[$1] : "-"), $2 }
    END { for (name in before) if (!(name in now)) print name, before[name], "-" }' "$1" "$1.now" | sort
  rm "$1.now"
}

# needs_reboot CHANGES: kernel, firmware, and what every process has open. Packages may also ask for it themselves (unattended-upgrades' hook).
needs_reboot() {
  [ -e "$root/run/reboot-required" ] ||
    grep -qE '^(linux-image-|linux-modules-|raspberrypi-kernel|raspberrypi-bootloader|raspi-firmware|rpi-eeprom|libc6|systemd|dbus)[^ ]* ' "$1"
}
