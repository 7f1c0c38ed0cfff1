// sandbox/src/site/no-cloud.testing.ts: what is on the card of a Pi whose cloud is nowhere.
import type { BootSettings } from '@fleet/contract/boot-settings'

export const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'

export const NOBODY: BootSettings = {
  STAGE: 'dev',
  REGION: 'eu-central-1',
  IOT_DATA_ENDPOINT: 'localhost',
  MQTT_PORT: 1, // where no cloud is
  IOT_CREDENTIAL_ENDPOINT: 'localhost:1',
  GREENGRASS_DATA_PLANE_ENDPOINT: 'https://localhost:1',
  PROVISIONING_TEMPLATE: 'fleet-dev',
  ROLE_ALIAS: 'fleet-dev-device',
  AWS_ENDPOINT_URL: 'http://localhost:1',
}
