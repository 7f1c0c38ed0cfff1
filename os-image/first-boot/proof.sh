#!/bin/sh
# os-image/first-boot/proof.sh: waits until the device has connected with its own certificate. Before that the claim is the only way back.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/environment.sh"
# shellcheck source=os-image/first-boot/nucleus-state.sh
. "$here/nucleus-state.sh"

if [ -e "$fleet/proven" ]; then exit 0; fi
systemctl start greengrass.service
status proving 'The device has its own certificate; it connects with it for the first time.'
waited_ms=0
until has_connected; do
  pause "$poll_ms"
  waited_ms=$((waited_ms + poll_ms))
  if [ "$waited_ms" -ge "$attempt_ms" ]; then
    waited_ms=0
    status proving 'The device has its own certificate but could not connect with it yet. It goes on trying.' \
      'Check network and clock, and whether the device was taken off the allowlist meanwhile.'
    systemctl start greengrass.service
  fi
done
date -u +%Y-%m-%dT%H:%M:%SZ | replace "$fleet/proven"
