#!/bin/sh
# os-image/first-boot/serial.sh: finds the board's serial number, the one name of this device everywhere.
# shellcheck source=os-image/first-boot/environment.sh
. "$(dirname "$0")/environment.sh"

# The grammar of contract/serial-number.ts, without what firmware says that was never given a number.
is_serial() {
  case $1 in
    '' | -* | *[!0-9a-z-]*) return 1 ;;
    none | empty | unknown | invalid | default | oem | 03000200-0400-0500-0006-000700080009) return 1 ;; # the last: one UUID of many AMI boards
    *[!0-]*) [ ${#1} -ge 4 ] && [ ${#1} -le 64 ] ;;
    *) return 1 ;; # nothing but zeros
  esac
}

# Device tree strings end in NUL (Devicetree specification 2.2.4), DMI files in a newline.
read_serial() {
  for source in "$root/proc/device-tree/serial-number" "$root/sys/class/dmi/id/product_serial" "$root/sys/class/dmi/id/product_uuid"; do
    [ -r "$source" ] || continue
    found=$(tr -d '\000\r\n\t ' < "$source" | tr '[:upper:]' '[:lower:]')
    if is_serial "$found"; then
      printf '%s' "$found"
      return
    fi
  done
  return 1
}

serial=$(read_serial) || needs_help 'This board has no serial number, in its device tree or in DMI.' \
  'Set a product serial in the firmware of the board, or use another board: without it the device has no identity.'

known=$(cat "$fleet/serial" 2>/dev/null) || known=$serial
if [ "$known" != "$serial" ] && [ -e "$generation/certificate.pem" ]; then
  needs_help "This card holds the identity of the board $known, but it is in the board $serial." \
    'Put it back into its own board, or flash it anew for this one.'
fi
if [ ! -e "$fleet/serial" ] || [ "$known" != "$serial" ]; then printf '%s\n' "$serial" | replace "$fleet/serial"; fi
