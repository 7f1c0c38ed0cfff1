#!/bin/sh
# os-image/test/package-stand-in.sh: an `apt-get`, `dpkg`, `systemctl` or `userdel` for tests: it leaves the trace in $FLEET_ROOT that the real one leaves.
set -eu
traces=$FLEET_ROOT/traces
mkdir -p "$traces"
last() { for word in "$@"; do :; done && printf '%s' "$word"; }
case ${0##*/} in
  apt-get)
    for word in "$@"; do
      case $word in -* | Dpkg::* | update | install) ;; *) : > "$traces/package $word" ;; esac
    done
    ;;
  dpkg) ;;
  userdel) sed -i "/^$(last "$@"):/d" "$FLEET_ROOT/etc/passwd" "$FLEET_ROOT/etc/shadow" ;;
  systemctl)
    verb=''
    for word in "$@"; do
      case $word in
        -*) ;;
        enable | disable | mask) verb=$word ;;
        *) printf '%s\n' "$verb" > "$traces/unit $word" ;;
      esac
    done
    ;;
esac
