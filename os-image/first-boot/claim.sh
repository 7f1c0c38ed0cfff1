#!/bin/sh
# os-image/first-boot/claim.sh: has the nucleus ask the cloud, with the claim, for this device's own certificate; for ever, with back-off and jitter.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/environment.sh"
# shellcheck source=os-image/first-boot/settings.sh
. "$here/settings.sh"
# shellcheck source=os-image/first-boot/nucleus-state.sh
. "$here/nucleus-state.sh"

# The plugin does not fsync: after a power cut the nucleus may know its name and have no whole certificate. It would never ask again.
forget_half_provisioning() {
  systemctl stop greengrass.service
  rm -rf "$nucleus_root/config"
  if [ -d "$nucleus_root/logs" ]; then mv "$nucleus_root/logs" "$nucleus_root/logs.$(date +%s)"; fi
  flush "$nucleus_root"
}

# attempt: one start of the nucleus, watched until something has become of it. Sets outcome and reason.
attempt() {
  size=$(log_size)
  systemctl restart greengrass.service
  waited_ms=0 outcome=''
  while [ -z "$outcome" ] && [ "$waited_ms" -lt "$attempt_ms" ]; do
    pause "$poll_ms"
    waited_ms=$((waited_ms + poll_ms))
    outcome=$(outcome_since "$size")
  done
  reason=$(reason_since "$size")
  obstacle=$(obstacle_since "$size")
}

# explain PAUSE_MS
explain() {
  again="It tries again in $((($1 + 999) / 1000)) s."
  case $outcome:$reason in
    refused:*[Tt]hrottl* | refused:*[Rr]ate?exceeded* | refused:*nternal* | refused:*navailable*)
      status busy "The cloud could not register the device now: $reason. $again" ;;
    refused:*) status refused "The cloud refused the device: not on the allowlist: add $serial (it said: ${reason:-nothing}). $again" \
      "Add the line $serial to allowlist.txt and apply it; the device then joins by itself." ;;
    offline:*) explain_obstacle "No connection to $iot_data_endpoint port $mqtt_port with the claim" ;;
    failed:*) status failed "The cloud gave the device no certificate: ${reason:-no reason given}. $again" \
      'If this stays: the claim may have been replaced or the stage destroyed; flash an up-to-date image.' ;;
    stopped:*) status failed "The nucleus has stopped. $again" 'The error is in: journalctl -u greengrass' ;;
    *) status offline "No answer from the cloud within $((attempt_ms / 1000)) s. $again" 'Check the network.' ;;
  esac
}

# explain_obstacle WHAT
explain_obstacle() {
  case $obstacle in
    name) status offline "$1: its name cannot be resolved. $again" \
      'Is the cable in, or the Wi-Fi right (fleet.toml)? A network that first wants a person at a web page (captive portal) does not do.' ;;
    tls) status offline "$1: the TLS handshake failed; the clock says $(date -u +%Y-%m-%dT%H:%MZ). $again" \
      "If that is not the time, the device needs a time server (NTP, UDP port 123). Else something on the way opens TLS (captive portal, proxy): let port $mqtt_port through." ;;
    closed) status offline "$1: the cloud closed it at once; the claim on this card has been revoked or replaced. $again" \
      'Flash an up-to-date image, or write the folder fleet of this partition anew (fleet image boot-files); nothing else on the card is lost.' ;;
    *) status offline "$1. $again" \
      'Check network, firewall and clock; if other devices join, the claim may have been replaced: flash an up-to-date image.' ;;
  esac
}

# Who has heard no time server asks more and more seldom, in the end twice an hour (PollIntervalMaxSec of timesyncd.conf(5)). Started anew it asks at once: as often as we do.
ask_for_time() { [ -e "$root/run/systemd/timesync/synchronized" ] || systemctl --no-block try-restart systemd-timesyncd.service || true; }

# A board without a battery starts in the past; TLS can only fail then. systemd starts us again, and the time server may have been heard.
check_clock() {
  [ "$(date -u +%Y)" -ge 2026 ] && return
  ask_for_time
  needs_help "The clock is wrong: it says $(date -u +%Y-%m-%dT%H:%MZ); the cloud cannot be trusted before it is right." \
    'The device needs a time server: let NTP (UDP port 123) through, or name one in the DHCP server. It then goes on by itself.'
}

check_expiry() {
  case $(openssl x509 -in "$flashed/certificate.pem" -noout -checkend 0 2>/dev/null) in
    *'will expire'*) needs_help "The claim on the boot partition has expired, or the clock is wrong: it says $(date -u +%Y-%m-%dT%H:%MZ)." \
      'Flash an up-to-date image, or write the folder fleet of this partition anew (fleet image boot-files).' ;;
  esac
}

serial=$(cat "$fleet/serial")
if is_provisioned; then exit 0; fi
for file in certificate.pem private.key; do
  grep -q -e '-----END ' "$flashed/$file" 2>/dev/null || needs_help "The claim on the boot partition is not there or not whole: fleet/$file." \
    'Flash the card anew with an image of your stage, or copy the file from a card that has not joined yet.'
done
read_settings
check_clock
check_expiry
if knows_its_name; then forget_half_provisioning; fi

wait_ms=$first_wait_ms
status joining "Asking $iot_data_endpoint for the certificate of $serial."
attempt
while [ "$outcome" != provisioned ]; do
  systemctl stop greengrass.service
  case $outcome in offline | '') wait_ms=$(at_most "$most_offline_wait_ms" "$wait_ms") ;; esac
  pause_ms=$(jittered "$wait_ms")
  if [ "$obstacle" = tls ]; then ask_for_time; fi
  explain "$pause_ms"
  pause "$pause_ms"
  wait_ms=$(at_most "$most_wait_ms" $((wait_ms * 2)))
  attempt
done
flush "$generation/certificate.pem" "$generation" "$nucleus_root/config/config.tlog" "$nucleus_root/config"
