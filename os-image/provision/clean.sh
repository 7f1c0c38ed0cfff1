#!/bin/sh
# os-image/provision/clean.sh: takes away what must not be the same on two devices, and what the build has left.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

# Empty, not «uninitialized»: a device gets an id of its own, and systemd applies no presets, which would turn SSH on.
put "$root/etc/machine-id" 444 < /dev/null
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/ssh"/ssh_host_* "$root/var/lib/systemd/random-seed"
rm -rf "$root/var/lib/apt/lists" "$root/var/cache/apt/archives" "$root/var/cache/debconf"/*-old "$root/root/.bash_history"
mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial"
# That of the build (packer/pi); NetworkManager writes the device's own. The generic flavour's is systemd-resolved's (generic/disk.sh).
if [ "$flavour" = pi ]; then rm -f "$root/etc/resolv.conf"; fi
find "$root/var/log" -type f -exec rm -f {} +
