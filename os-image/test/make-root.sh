#!/bin/sh
# os-image/test/make-root.sh CACHE: the root of the generic flavour, by Packer: root.tar. Needs FLEET_NUCLEUS_DIST, and podman or docker as `docker`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$1
[ -n "${FLEET_NUCLEUS_DIST:-}" ] || { printf 'make-root: FLEET_NUCLEUS_DIST is not set (docs/NUCLEUS.md)\n' >&2 && exit 1; }
[ -s "$cache/base.tar" ] || sh "$here/../generic/base.sh" "$cache/base.tar"
docker image inspect localhost/fleet-base:arm64 > /dev/null 2>&1 || docker import --platform linux/arm64 "$cache/base.tar" localhost/fleet-base:arm64
rm -f "$cache/root.tar"
CHECKPOINT_DISABLE=1 packer build -color=false -var base_image=localhost/fleet-base:arm64 -var out="$cache" -var nucleus="$FLEET_NUCLEUS_DIST" -var os_image="$here/.." "$here/../packer/generic"
