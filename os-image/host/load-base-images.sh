#!/bin/sh
# os-image/host/load-base-images.sh: hands Docker the layers that came with the image; an archive that is loaded goes, and makes room.
set -eu
for archive in /usr/lib/fleet/base-images/*.tar; do
  [ -e "$archive" ] || continue
  docker load --quiet --input "$archive"
  rm "$archive"
done
