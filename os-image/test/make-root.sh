#!/bin/sh
# os-image/test/make-root.sh CACHE [BASE.tar PLATFORM]: a provisioned root, by Packer: CACHE/root.tar. BASE.tar: a bare Debian with systemd; without one the generic
# flavour's, for arm64, is made. Needs Docker or podman; takes the nucleus of FLEET_NUCLEUS_DIST, if there is one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$1 base=${2:-$1/base.tar} platform=${3:-linux/arm64}
nucleus=${FLEET_NUCLEUS_DIST:-$cache/no-nucleus}
# shellcheck source=os-image/test/engine.sh
. "$here/engine.sh"
has_engine || { printf 'make-root: neither docker nor podman\n' >&2 && exit 1; }

# Where no distribution is at hand (docs/NUCLEUS.md), files in its place say so. The board in QEMU runs the sandbox's own core (uefi/site.ts).
if [ -z "${FLEET_NUCLEUS_DIST:-}" ]; then
  for file in lib/Greengrass.jar bin/loader conf/recipe.yaml aws.greengrass.FleetProvisioningByClaim.jar; do
    mkdir -p "$(dirname "$nucleus/$file")"
    printf 'There was no nucleus distribution when this root was made.\n' > "$nucleus/$file"
  done
fi
[ -s "$base" ] || sh "$here/../generic/base.sh" "$base"
image=localhost/fleet-base:${platform#*/}
docker import --platform "$platform" "$base" "$image"
base_image=${FLEET_BASE_IMAGE:-$cache/base-image} # `fleet image build` takes the components' own
[ -e "$base_image/index.json" ] || sh "$here/small-base-image.sh" "$base_image"
case $(packer version) in *v1.[0-6].*) ;; *) packer init "$here/../packer/generic-plugins" ;; esac
rm -f "$cache/root.tar"
CHECKPOINT_DISABLE=1 packer build -color=false -var base_image="$image" -var out="$cache" -var nucleus="$nucleus" -var component_base="$base_image" -var os_image="$here/.." "$here/../packer/generic"
docker rmi "$image" > /dev/null
