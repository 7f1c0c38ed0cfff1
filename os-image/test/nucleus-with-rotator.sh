#!/bin/sh
# os-image/test/nucleus-with-rotator.sh: a `systemctl` for tests: at each restart it writes down which generation is in charge; the rotator that
# starts with the nucleus then wishes what $BEHAVIOUR says of a new one: keep, back, or nothing (silent, dead).
set -eu
[ "$*" = 'restart greengrass.service' ] || { echo "unexpected: systemctl $*" >&2 && exit 1; }
fleet=$FLEET_ROOT/var/lib/fleet
current=$(readlink "$fleet/identity/current")
printf '%s\n' "$current" >> "$FLEET_ROOT/starts"
if [ "$BEHAVIOUR" = dead ] && [ "$current" = generations/new ]; then exit 1; fi
case $BEHAVIOUR:$current in
  keep:generations/new | back:generations/new) printf '%s new\n' "$BEHAVIOUR" > "$fleet/rotation/rotator/wish" ;;
esac
