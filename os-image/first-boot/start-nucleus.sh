#!/bin/sh
# os-image/first-boot/start-nucleus.sh: what greengrass.service runs: sets the nucleus up until the device has joined, then only starts it.
# shellcheck source=os-image/first-boot/environment.sh
. "$(dirname "$0")/environment.sh"
nucleus=${FLEET_NUCLEUS_DIST:-/usr/lib/fleet/nucleus} # the unpacked distribution, beside it the claim plugin
loader=$nucleus_root/alts/current/distro/bin/loader

umask 022 # components of other users read what the nucleus unpacks
if [ ! -e "$fleet/proven" ]; then
  java "-Droot=$nucleus_root" -Dlog.store=FILE -jar "$nucleus/lib/Greengrass.jar" --init-config "$init_config" \
    --trusted-plugin "$nucleus/aws.greengrass.FleetProvisioningByClaim.jar" --setup-system-service false --start false
fi
exec "$loader"
