#!/bin/sh
# os-image/provision/base-images.sh: the layers that all components share come with the image; fleet-base-images.service hands them to Docker.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

for archive in "$source"/base-images/*.tar; do
  [ -e "$archive" ] || continue
  put_file "$archive" "$root/usr/lib/fleet/base-images/${archive##*/}" 644
done
