#!/bin/sh
# os-image/provision/nucleus.sh: puts the Greengrass nucleus and its claim plugin in place; who made them has been checked before (`fleet image build`).
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

nucleus=${FLEET_NUCLEUS:-$source/nucleus} # the unpacked distribution, beside it the claim plugin
for file in lib/Greengrass.jar bin/loader conf/recipe.yaml aws.greengrass.FleetProvisioningByClaim.jar; do
  [ -e "$nucleus/$file" ] || {
    printf 'nucleus: %s is not there\n' "$nucleus/$file" >&2
    exit 1
  }
done
put_tree "$nucleus" "$root/usr/lib/fleet/nucleus"
chmod 755 "$root/usr/lib/fleet/nucleus/bin/loader"
