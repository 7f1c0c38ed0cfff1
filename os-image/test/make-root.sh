#!/bin/sh
# os-image/test/make-root.sh CACHE: the root of the generic flavour, by Packer: root.tar. Needs podman or docker as `docker`; takes the nucleus of FLEET_NUCLEUS_DIST, if there is one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$1
nucleus=${FLEET_NUCLEUS_DIST:-$cache/no-nucleus}

# Where no distribution is at hand (docs/NUCLEUS.md), files in its place say so. The board in QEMU runs the sandbox's own core (uefi/site.ts).
if [ -z "${FLEET_NUCLEUS_DIST:-}" ]; then
  for file in lib/Greengrass.jar bin/loader conf/recipe.yaml aws.greengrass.FleetProvisioningByClaim.jar; do
    mkdir -p "$(dirname "$nucleus/$file")"
    printf 'There was no nucleus distribution when this root was made.\n' > "$nucleus/$file"
  done
fi
[ -s "$cache/base.tar" ] || sh "$here/../generic/base.sh" "$cache/base.tar"
docker image inspect localhost/fleet-base:arm64 > /dev/null 2>&1 || docker import --platform linux/arm64 "$cache/base.tar" localhost/fleet-base:arm64
base_image=${FLEET_BASE_IMAGE:-$cache/base-image} # `fleet image build` takes the components' own
[ -e "$base_image/index.json" ] || sh "$here/small-base-image.sh" "$base_image"
rm -f "$cache/root.tar"
CHECKPOINT_DISABLE=1 packer build -color=false -var base_image=localhost/fleet-base:arm64 -var out="$cache" -var nucleus="$nucleus" -var component_base="$base_image" -var os_image="$here/.." "$here/../packer/generic"
