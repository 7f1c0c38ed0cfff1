#!/bin/sh
# os-image/first-boot/nucleus-configuration.sh: renders the nucleus's init config from the settings and the serial number.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/environment.sh"
# shellcheck source=os-image/first-boot/settings.sh
. "$here/settings.sh"

# After the device has joined, the nucleus's own configuration counts, and this file would be merged over it.
if [ -e "$fleet/proven" ]; then exit 0; fi
read_settings
serial=$(cat "$fleet/serial")

grep -q 'BEGIN CERTIFICATE' "$flashed/root-ca.pem" 2>/dev/null || needs_help 'There is no fleet/root-ca.pem on the boot partition, or it is no certificate.' \
  'Flash the card anew with an image of your stage, or copy the file from another card of the same stage.'
replace "$fleet/root-ca.pem" < "$flashed/root-ca.pem"

printf 'AWS_REGION=%s\n%s' "$region" "${aws_endpoint_url:+AWS_ENDPOINT_URL=$aws_endpoint_url
}" | replace "$fleet/nucleus/environment"

# Key and certificate go through `current`, so that certificate rotation flips one symlink. The claim plugin copies the CSR's key to
# privateKeyPath, here onto itself, which Java's Files.copy leaves alone. Docker's socket is as good as root, hence root:root and no sudo.
replace "$init_config" << EOF_CONFIG
---
system:
  rootpath: "$nucleus_root"
services:
  aws.greengrass.Nucleus:
    componentType: NUCLEUS
    configuration:
      awsRegion: "$region"
      iotRoleAlias: "$role_alias"
      iotDataEndpoint: "$iot_data_endpoint"
      iotCredEndpoint: "$iot_credential_endpoint"
      greengrassDataPlaneEndpoint: "$greengrass_data_plane_endpoint"
      mqtt:
        port: $mqtt_port
      interpolateComponentConfiguration: true # our recipes' grants name {iot:thingName}
      deploymentPollingFrequencySeconds: 1 # a look into its own memory
      runWithDefault:
        posixUser: "root:root"
  aws.greengrass.FleetProvisioningByClaim:
    configuration:
      rootPath: "$nucleus_root"
      awsRegion: "$region"
      iotDataEndpoint: "$iot_data_endpoint"
      iotCredentialEndpoint: "$iot_credential_endpoint"
      iotRoleAlias: "$role_alias"
      mqttPort: $mqtt_port
      deviceId: "claim_$serial" # the claim policy admits these client ids alone (contract/provisioning.ts)
      rootCaPath: "$fleet/root-ca.pem"
      claimCertificatePath: "$flashed/certificate.pem"
      claimCertificatePrivateKeyPath: "$flashed/private.key"
      provisioningTemplate: "$provisioning_template"
      templateParameters:
        SerialNumber: "$serial"
      csrPath: "$generation/$serial.csr"
      csrPrivateKeyPath: "$generation/private.key"
      certificatePath: "$identity/current/certificate.pem"
      privateKeyPath: "$identity/current/private.key"
EOF_CONFIG
