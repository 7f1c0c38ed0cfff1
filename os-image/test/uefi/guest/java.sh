#!/bin/sh
# os-image/test/uefi/guest/java.sh: stands where start-nucleus.sh calls Java to install the nucleus, and installs the sandbox's own core instead: `java -Droot=ROOT … --init-config FILE …`.
set -eu
own=/usr/lib/fleet/own-core
for word in "$@"; do
  case $word in -Droot=*) root=${word#-Droot=} ;; esac
  if [ "${last:-}" = --init-config ]; then init_config=$word; fi
  last=$word
done
mkdir -p "$root/alts/current"
ln -sfn "$own" "$root/alts/current/distro"
ln -sfn "$init_config" "$root/alts/init-config"
