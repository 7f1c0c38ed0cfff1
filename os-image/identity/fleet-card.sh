#!/bin/sh
# os-image/identity/fleet-card.sh: says what to do when this card has lost what makes it a member of the fleet: worn flash, or power that failed under it.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/../first-boot/environment.sh"

# Nothing here can bring them back: the key was nowhere else, and the claim was erased when the device joined.
lost() {
  needs_help "This card has lost $1: it is worn, or the power failed while it was written." \
    'Flash it anew, or another one if that happens again; the device then joins by itself, under the same name.'
}

is_whole() { grep -q -e "-----END $1-----" "$2" 2>/dev/null; }

is_whole 'PRIVATE KEY' "$identity/current/private.key" || lost 'its private key'
is_whole CERTIFICATE "$identity/current/certificate.pem" || lost 'its certificate'
# What the nucleus falls back to (config.tlog~, bootstrap.tlog) counts, too.
grep -qs '"TP":\["system","thingName"\].*"V":"[^"]' "$nucleus_root"/config/*.tlog* || lost 'the configuration of its nucleus'
