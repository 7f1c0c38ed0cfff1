#!/bin/sh
# os-image/provision/provision.sh: makes a device's image of a fresh root. Each step can be cut off at any line and repeated; run inside the image, as root.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

for step in packages system units users nucleus base-image clean; do
  printf 'provision: %s\n' "$step"
  sh "$here/$step.sh"
done
