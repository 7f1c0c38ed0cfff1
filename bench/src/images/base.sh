#!/bin/sh
# bench/src/images/base.sh CACHE VERSION BASE: lays into BASE what components/Dockerfile puts below all components, without running any of it: Node for arm64 from npm, tools and libraries from Debian.
set -eu
cache=$1 version=$2 base=$3
here=$(cd "$(dirname "$0")" && pwd)
lib=usr/lib/aarch64-linux-gnu
# Messages of tools that are not there are for the caller.
llvm-strip --version > /dev/null && readelf --version > /dev/null
node=$(sh "$here/../../../os-image/test/uefi/node.sh" "$version" "$cache")
mmdebstrap --quiet --variant=extract --architectures=arm64 --include=gpiod,libc6,libgcc-s1,libstdc++6 trixie "$cache/debian.tar" http://deb.debian.org/debian
mkdir -p "$cache/debian" "$base/usr/local/bin" "$base/usr/bin" "$base/$lib"
tar -x -f "$cache/debian.tar" -C "$cache/debian" --no-same-owner --exclude='./dev/*'
cp "$node" "$base/usr/local/bin/node"
for tool in gpiodetect gpiomon gpioset; do cp "$cache/debian/usr/bin/$tool" "$base/usr/bin/"; done

# with_libraries FILE: what it needs, and what that needs.
with_libraries() {
  for needed in $(readelf --dynamic --wide "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    [ -e "$base/$lib/$needed" ] && continue
    cp -L "$cache/debian/$lib/$needed" "$base/$lib/"
    with_libraries "$base/$lib/$needed"
  done
}
for program in "$base"/usr/local/bin/node "$base"/usr/bin/gpio*; do with_libraries "$program"; done
cp -L "$cache/debian/$lib/librt.so.1" "$base/$lib/" # of aws-crt's addon
