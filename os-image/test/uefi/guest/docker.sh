#!/bin/sh
# os-image/test/uefi/guest/docker.sh: Docker, as the nucleus calls it. The board is simulated: its chip is a socket, which Docker takes as a volume, not as a device.
# The socket lies in a /tmp that the nucleus does not see (PrivateTmp) and Docker does: hence the name of the link, not what it leads to.
if [ "${1:-}" = run ]; then
  for word in "$@"; do
    shift
    if [ "${last:-}" = --device ]; then word=$(readlink /run/fleet-board/chip):$word; fi
    last=$word
    if [ "$word" = --device ]; then word=--volume; fi
    set -- "$@" "$word"
  done
fi
exec /usr/bin/docker "$@"
