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
}

# explain PAUSE_MS
explain() {
  again="It tries again in $((($1 + 999) / 1000)) s."
  case $outcome:$reason in
    refused:*[Tt]hrottl* | refused:*[Rr]ate?exceeded* | refused:*nternal* | refused:*navailable*)
      status busy "The cloud could not register the device now: $reason. $again" ;;
    refused:*) status refused "The cloud refused the device: not on the allowlist: add $serial (it said: ${reason:-nothing}). $again" \
      "Add the line $serial to allowlist.txt and apply it; the device then joins by itself." ;;
    offline:*) status offline "No connection to $iot_data_endpoint port $mqtt_port with the claim. $again" \
      'Check network, firewall and clock; if other devices join, the claim may have been replaced: flash an up-to-date image.' ;;
    failed:*) status failed "The cloud gave the device no certificate: ${reason:-no reason given}. $again" \
      'If this stays: the claim may have been replaced or the stage destroyed; flash an up-to-date image.' ;;
    stopped:*) status failed "The nucleus has stopped. $again" 'The error is in: journalctl -u greengrass' ;;
    *) status offline "No answer from the cloud within $((attempt_ms / 1000)) s. $again" 'Check the network.' ;;
  esac
}

serial=$(cat "$fleet/serial")
if is_provisioned; then exit 0; fi
for file in certificate.pem private.key; do
  grep -q -e '-----END ' "$flashed/$file" 2>/dev/null || needs_help "The claim on the boot partition is not there or not whole: fleet/$file." \
    'Flash the card anew with an image of your stage, or copy the file from a card that has not joined yet.'
done
read_settings
if knows_its_name; then forget_half_provisioning; fi

wait_ms=$first_wait_ms
status joining "Asking $iot_data_endpoint for the certificate of $serial."
attempt
while [ "$outcome" != provisioned ]; do
  systemctl stop greengrass.service
  case $outcome in offline | '') wait_ms=$(at_most "$most_offline_wait_ms" "$wait_ms") ;; esac
  pause_ms=$(jittered "$wait_ms")
  explain "$pause_ms"
  pause "$pause_ms"
  wait_ms=$(at_most "$most_wait_ms" $((wait_ms * 2)))
  attempt
done
flush "$generation/certificate.pem" "$generation" "$nucleus_root/config/config.tlog" "$nucleus_root/config"
