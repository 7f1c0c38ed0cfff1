#!/bin/sh
# os-image/test/nucleus-stand-in.sh: a `systemctl` for tests whose nucleus does, at each start, what the next line of $BEHAVIOUR says,
# and leaves the traces that a real nucleus leaves; after the last line it admits.
set -eu
case "$1 ${2:-}" in
  'is-active --quiet') exec test -e "$FLEET_ROOT/run/nucleus-active" ;;
  'stop greengrass.service') exec rm -f "$FLEET_ROOT/run/nucleus-active" ;;
  'start greengrass.service') if [ -e "$FLEET_ROOT/run/nucleus-active" ]; then exit 0; fi ;;
  'restart greengrass.service') ;;
  '--no-block try-restart')
    mkdir -p "$FLEET_ROOT/run"
    printf '%s\n' "$3" >> "$FLEET_ROOT/run/tried-again"
    exit 0
    ;;
  *) echo "unexpected: systemctl $*" >&2 && exit 1 ;;
esac

root=$FLEET_ROOT/greengrass/v2
mkdir -p "$root/config" "$root/logs" "$FLEET_ROOT/run"
say() { printf '%s\n' "2026-11-21T07:00:00Z [INFO] (main) com.aws.greengrass: $*" >> "$root/logs/greengrass.log"; }
gives_up() { say "DeviceProvisioningRuntimeException: java.lang.RuntimeException: $1" && say 'Moving on to run Greengrass without provisioning. {}'; }
certificate=$FLEET_ROOT/var/lib/fleet/identity/current/certificate.pem
names_itself() { printf '%s\n' '{"TS":1,"TP":["system","thingName"],"W":"changed","V":"10000000a1b2c3d4"}' >> "$root/config/config.tlog"; }

touch "$FLEET_ROOT/run/nucleus-active"
if grep -q thingName "$root/config/config.tlog" 2>/dev/null; then
  if grep -q END "$certificate"; then say 'Successfully connected to AWS IoT Core. {}'; fi
  exit 0
fi
next=$(head -n 1 "$BEHAVIOUR")
sed 1d "$BEHAVIOUR" > "$BEHAVIOUR.rest" && mv "$BEHAVIOUR.rest" "$BEHAVIOUR"
case $next in
  refuse*) say 'Caught exception during registering Iot Thing. {}' && gives_up "${next#refuse }" ;;
  no-certificate*) say 'Caught exception during PublishCreateCertificateFromCsr. {}' && gives_up "${next#no-certificate }" ;;
  offline*)
    say 'Retrying MQTT connect which failed in provisioning plugin. {}'
    printf '%s\n' "java.util.concurrent.ExecutionException: software.amazon.awssdk.crt.mqtt.MqttException: ${next#offline }" >> "$root/logs/greengrass.log"
    ;;
  silent) ;;
  stop) rm "$FLEET_ROOT/run/nucleus-active" ;;
  *)
    printf -- '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n' > "$certificate"
    names_itself
    say 'Successfully connected to AWS IoT Core. {}'
    ;;
esac
