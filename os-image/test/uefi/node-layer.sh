#!/bin/sh
# os-image/test/uefi/node-layer.sh ROOT.tar NODE LAYER.tar: the layer below a component's files, as components/Dockerfile has it from Node's own image: Node, and the libraries it needs of the Debian in ROOT.
set -eu
root=$1 node=$2 layer=$3
work=$(mktemp -d "$layer.XXXXXX")
trap 'rm -rf "$work"' EXIT
lib=usr/lib/aarch64-linux-gnu
tar -x -f "$root" -C "$work" --wildcards --transform='s,^\./,,' \
  "*$lib/ld-linux-aarch64.so.*" "*$lib/libc.so.*" "*$lib/libm.so.*" "*$lib/libdl.so.*" "*$lib/libpthread.so.*" "*$lib/librt.so.*" \
  "*$lib/libgcc_s.so.*" "*$lib/libstdc++.so.*" "*$lib/libatomic.so.*" 2> "$work.log" || true # not every Debian has all
rm -f "$work.log"
[ -e "$work/$lib/libc.so.6" ] || { printf 'node-layer: no C library in %s\n' "$root" >&2 && exit 1; }
ln -s aarch64-linux-gnu/ld-linux-aarch64.so.1 "$work/usr/lib/ld-linux-aarch64.so.1"
ln -s usr/lib "$work/lib"
mkdir -p "$work/usr/local/bin" "$work/etc" "$work/tmp" "$work/data"
install -m 755 "$node" "$work/usr/local/bin/node"
printf 'root:x:0:0:root:/:/sbin/nologin\ncomponent:x:10001:10001::/:/sbin/nologin\n' > "$work/etc/passwd"
printf 'root:x:0:\ncomponent:x:10001:\n' > "$work/etc/group"
chown 10001:10001 "$work/data" # a new volume that is mounted here takes this owner
chmod 700 "$work/data"
tar -c -f "$layer.new" -C "$work" --sort=name --mtime=@0 --numeric-owner .
mv "$layer.new" "$layer"
