#!/bin/sh
# os-image/test/debian-stand-in.sh: apt-get, dpkg, dpkg-query, vcgencmd, df and systemctl for tests. $FLEET_ROOT/packages has «status name version» lines,
# $FLEET_ROOT/archive «name version»; each `apt-get update` and `apt-get upgrade` does what the next line of $BEHAVIOUR says, then they work.
set -eu
packages=$FLEET_ROOT/packages
printf '%s\n' "${0##*/} $*" >> "$FLEET_ROOT/calls"
behaviour() {
  next=$(head -n 1 "$BEHAVIOUR")
  if [ "$next" = "$1" ]; then sed 1d "$BEHAVIOUR" > "$BEHAVIOUR.rest" && mv "$BEHAVIOUR.rest" "$BEHAVIOUR"; else return 1; fi
}
# The power can go between any two packages, and in the middle of one.
set_package() { cat "$FLEET_ROOT/proc/sys/kernel/random/boot_id" >> "$FLEET_ROOT/upgraded-in"; awk -v n="$2" '$2 != n' "$packages" > "$packages.new"; printf '%s\n' "$1 $2 $3" >> "$packages.new"; PATH="$CUTS:$PATH" mv "$packages.new" "$packages"; }
upgrade() {
  while read -r name version; do
    read -r status _ now << EOF_LINE
$(awk -v n="$name" '$2 == n' "$packages")
EOF_LINE
    case ${status:-new} in
      hi) continue ;; # on hold
      new) case " $* " in *' --with-new-pkgs '*) ;; *) continue ;; esac ;;
      *) if [ "$now" = "$version" ]; then continue; fi ;;
    esac
    set_package iU "$name" "$version" # unpacked, not configured
    if behaviour fail-upgrade; then exit 100; fi
    set_package ii "$name" "$version"
  done < "$FLEET_ROOT/archive"
}
case "${0##*/} $*" in
  'apt-get '*' update') if behaviour fail-update; then exit 100; fi ;;
  'apt-get '*' upgrade') if grep -q '^iU' "$packages"; then exit 100; fi && upgrade "$@" ;; # «dpkg was interrupted»
  'apt-get '*' clean') ;;
  'dpkg --configure -a'*) sed 's/^iU/ii/' "$packages" > "$packages.new" && mv "$packages.new" "$packages" ;;
  'dpkg --audit') grep '^iU' "$packages" || true ;;
  'dpkg-query --show '*) cat "$packages" ;;
  'vcgencmd get_throttled') cat "$FLEET_ROOT/throttled" ;;
  'df '*) printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\nroot 1 1 %s 1%% /\n' "$(cat "$FLEET_ROOT/free")" ;;
  'systemctl reboot') echo reboot >> "$FLEET_ROOT/reboots" && kill -KILL 0 ;; # everything of this run ends
  *) echo "unexpected: ${0##*/} $*" >&2 && exit 1 ;;
esac
