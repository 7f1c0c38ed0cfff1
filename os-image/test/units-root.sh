#!/bin/sh
# os-image/test/units-root.sh ROOT [MIRROR]: a small Debian of this machine's architecture with systemd, for units-check.sh; kept when it is there.
set -eu
root=$1 mirror=${2:-http://deb.debian.org/debian}
[ ! -e "$root/usr/lib/systemd/systemd" ] || exit 0
rm -rf "$root.new"
mmdebstrap --quiet --mode=root --variant=minbase --include=systemd,systemd-sysv,dbus,udev,openssl,python3-minimal trixie "$root.new" "$mirror"
mv "$root.new" "$root"
