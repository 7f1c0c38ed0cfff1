#!/bin/sh
# os-image/provision/base-image.sh: the layers that all components share come with the image; fleet-base-image.service hands them to Docker.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

layout=${FLEET_BASE_IMAGE:-$source/base-image} # an OCI image layout (`fleet image build` makes it)
[ -e "$layout/index.json" ] || {
  printf 'base-image: %s is not there\n' "$layout/index.json" >&2
  exit 1
}
# The index comes last: with it the folder is whole.
rm -f "$root/usr/lib/fleet/base-image/index.json"
put_tree "$layout/blobs" "$root/usr/lib/fleet/base-image/blobs"
put_file "$layout/oci-layout" "$root/usr/lib/fleet/base-image/oci-layout" 644
put_file "$layout/index.json" "$root/usr/lib/fleet/base-image/index.json" 644
