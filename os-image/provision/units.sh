#!/bin/sh
# os-image/provision/units.sh: installs the host's scripts and units, turns on what a device runs and off what nobody needs.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

each() { for file in "$@"; do if [ -e "$file" ]; then printf '%s\n' "$file"; fi; done; }

# install_host FOLDER: its programs go to /usr/lib/fleet, its units to systemd, its .conf to tmpfiles.d.
install_host() {
  each "$1"/*.sh "$1"/*.py | while IFS= read -r file; do put_file "$file" "$root/usr/lib/fleet/${1##*/}/${file##*/}" 755; done
  each "$1"/*.conf | while IFS= read -r file; do put_file "$file" "$root/usr/lib/tmpfiles.d/${file##*/}" 644; done
  each "$1"/*.service "$1"/*.path "$1"/*.timer | while IFS= read -r file; do put_file "$file" "$root/usr/lib/systemd/system/${file##*/}" 644; done
}

# ours: those of our units that want to be enabled.
ours() { for file in "$source"/*/*.service "$source"/*/*.path "$source"/*/*.timer; do if grep -qs '^\[Install\]' "$file"; then printf '%s\n' "${file##*/}"; fi; done; }

for folder in "$source"/*/; do
  folder=${folder%/}
  if [ -n "$(each "$folder"/*.service)" ]; then install_host "$folder"; fi
done
mkdir -p "$root/boot/firmware" "$root/var/lib/fleet" "$root/greengrass/v2"
chmod 700 "$root/var/lib/fleet"

# shellcheck disable=SC2046 # one word per unit
units enable $(ours) docker.service nftables.service systemd-timesyncd.service systemd-time-wait-sync.service apt-daily.timer apt-daily-upgrade.timer
units disable ssh.service ssh.socket 2>/dev/null || true # one of the two may not be there
if [ "$flavour" = generic ]; then units enable systemd-networkd.service systemd-resolved.service; fi
# Wizards that ask for a user, Raspberry Pi OS's swap file, a wait for networks that may never come, names by mDNS, which the firewall drops, and the care of snapshots on LVM, which a card has not.
units mask avahi-daemon.service avahi-daemon.socket userconfig.service rpi-swap.service dphys-swapfile.service systemd-firstboot.service systemd-networkd-wait-online.service e2scrub_reap.service e2scrub_all.timer
