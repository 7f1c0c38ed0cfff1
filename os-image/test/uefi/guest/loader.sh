#!/bin/sh
# os-image/test/uefi/guest/loader.sh: what start-nucleus.sh becomes: the sandbox's own core, under Node.
root=/greengrass/v2
exec /usr/lib/fleet/own-core/bin/node --disable-warning=ExperimentalWarning /usr/lib/fleet/own-core/core.cjs "$root" "$root/alts/init-config"
