#!/bin/sh
# os-image/generic/base.sh BASE.tar [MIRROR [SECURITY]]: a bare Debian for arm64 with kernel and GRUB, as `mmdebstrap` makes it. Some five minutes on another architecture; keep it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tar=$1 mirror=${2:-http://deb.debian.org/debian} security=${3:-http://deb.debian.org/debian-security}
[ "$(id -u)" = 0 ] || { printf 'base.sh: run it as root\n' >&2 && exit 1; }

# systemd and dbus come first: packages that are installed later enable their units by it.
mmdebstrap --format=tar --architectures=arm64 --mode=root --variant=minbase \
  --essential-hook="$here/before-kernel.sh" \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --include=ca-certificates,systemd,systemd-sysv,dbus,udev,kmod,linux-image-arm64,initramfs-tools,zstd,grub-efi-arm64-bin,iproute2,e2fsprogs,dosfstools \
  trixie "$tar.new" "deb $mirror trixie main" "deb $mirror trixie-updates main" "deb $security trixie-security main"
mv "$tar.new" "$tar"
