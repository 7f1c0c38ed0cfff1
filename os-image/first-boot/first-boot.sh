#!/bin/sh
# os-image/first-boot/first-boot.sh: makes a member of the fleet of a freshly flashed board. Each step can be cut off at any line and repeated.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/environment.sh"

for step in serial identity nucleus-configuration claim proof erase-claim; do
  code=0
  sh "$here/$step.sh" || code=$?
  case $code in
    0) ;;
    78) exit 78 ;; # it has said itself what is missing
    *)
      status failed "The step «$step» failed (exit code $code); it is repeated." \
        'If this stays: look for a full or broken card. The error is in: journalctl -u fleet-first-boot'
      exit "$code"
      ;;
  esac
done

date -u +%Y-%m-%dT%H:%M:%SZ | replace "$fleet/first-boot.done"
status_joined
