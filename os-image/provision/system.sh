#!/bin/sh
# os-image/provision/system.sh: puts the system's own settings in place: os-image/system is a picture of the root.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

put_tree "$source/system" "$root"
if [ -d "$source/system-$flavour" ]; then put_tree "$source/system-$flavour" "$root"; fi

# No write for a read; a long interval between commits is safe, since everything that matters is synced (first-boot/environment.sh).
# Already there when it is run again.
if [ -e "$root/etc/fstab" ]; then
  sed -E '/[[:space:]]\/[[:space:]]+ext4[[:space:]]/ { /commit=/! s/(ext4[[:space:]]+)([^[:space:]]+)/\1\2,noatime,commit=30/; s/noatime,noatime/noatime/ }' "$root/etc/fstab" |
    sed -E '/[[:space:]]\/boot\/firmware[[:space:]]+vfat[[:space:]]/ { /umask=/! s/(vfat[[:space:]]+)([^[:space:]]+)/\1\2,noatime,flush,umask=0077,nofail,x-systemd.device-timeout=10min/ }' | put "$root/etc/fstab" 644
fi
