#!/bin/sh
# os-image/first-boot/erase-claim.sh: erases the claim from the boot partition, once the device has proven its own identity.
# shellcheck source=os-image/first-boot/environment.sh
. "$(dirname "$0")/environment.sh"

[ -e "$fleet/proven" ] || exit 1 # first-boot.sh runs the steps in order; this guards a run by hand

# Overwritten first: deleting leaves the text on the card. (A flash controller may keep a copy all the same; `fleet claim replace` and `retire` make it worthless.)
for file in private.key certificate.pem; do
  [ -e "$flashed/$file" ] || continue
  dd if=/dev/zero of="$flashed/$file" bs=1 count="$(wc -c < "$flashed/$file" | tr -d ' ')" conv=notrunc 2>/dev/null
  flush "$flashed/$file"
  rm "$flashed/$file"
done
flush "$flashed"
