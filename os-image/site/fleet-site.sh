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

if [ ! -e "$site_file" ]; then
  rm -f "$site_faults_file"
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
rm -f "$site_faults_file"
flush "$fleet"
printf 'fleet.toml taken over\n'
