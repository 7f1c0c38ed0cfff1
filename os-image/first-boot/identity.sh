#!/bin/sh
# os-image/first-boot/identity.sh: makes the device's own P-256 key and a certificate request for its serial number. The key never leaves the card.
# shellcheck source=os-image/first-boot/environment.sh
. "$(dirname "$0")/environment.sh"

serial=$(cat "$fleet/serial")
key=$generation/private.key
request=$generation/$serial.csr # named by its CN: a card that moved to another board before it joined needs another request

make_folder "$generation"
if [ ! -e "$key" ]; then
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key.tmp"
  flush "$key.tmp"
  mv "$key.tmp" "$key"
  flush "$generation"
fi
if [ ! -e "$request" ]; then
  openssl req -new -sha256 -key "$key" -subj "/CN=$serial" -out "$request.tmp"
  flush "$request.tmp"
  mv "$request.tmp" "$request"
  flush "$generation"
fi
if [ ! -L "$identity/current" ]; then
  ln -s generations/1 "$identity/current" # symlink(2) makes it or does not
  flush "$identity"
fi
