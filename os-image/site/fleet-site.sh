#!/bin/sh
# os-image/site/fleet-site.sh: takes over what the site wishes (fleet.toml on the boot partition): host name, time zone, Wi-Fi, SSH keys; then the
# Wi-Fi password is removed from it. A file with a fault changes nothing. Each start does all of it again, so it can be cut off at any line.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/../first-boot/environment.sh"
# shellcheck source=os-image/site/read-toml.sh
. "$here/read-toml.sh"
# shellcheck source=os-image/site/apply.sh
. "$here/apply.sh"

site_file=$boot/fleet.toml
hint='Correct the file (docs/SITE-SETTINGS.md has an example), put the card back and switch the device on.'

# ended CODE: what is neither done nor a fault of the file (78) is repeated by systemd.
ended() {
  case $1 in
    0 | 78) ;;
    *) status failed "The settings in fleet.toml could not be taken over (exit code $1); it is tried again in half a minute, and nothing of the file is lost." \
      'If this stays: look for a full or broken card. The error is in: journalctl -u fleet-site' ;;
  esac
}

# take_back: a device that has joined has nothing else that would say so again after a complaint about the file.
take_back() {
  rm -f "$site_faults_file"
  if [ -e "$fleet/first-boot.done" ] && grep -q 'fleet\.toml' "$boot/fleet-status.txt" 2>/dev/null; then status_joined; fi
}

trap 'ended $?' EXIT
if [ ! -e "$site_file" ]; then
  take_back
  exit 0
fi
make_folder "$fleet"
read_toml "$site_file"
check_site
if [ -n "$faults" ]; then
  rm -f "$site_faults_file" # else this status would say it twice
  status needs-help "fleet.toml on the boot partition is wrong and was not taken over:$faults" "$hint"
  printf 'fleet.toml is wrong and was not taken over:%s\n' "$faults" | replace "$site_faults_file"
  exit 78 # EX_CONFIG of sysexits.h
fi
apply_site
if [ -n "$wifi_password_line" ]; then remove_secret "$site_file" "$wifi_password_line"; fi
take_back
flush "$fleet"
printf 'fleet.toml taken over\n'
