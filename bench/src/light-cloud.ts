// bench/src/light-cloud.ts: what a card of this sandbox knows, for light Pis.
import { readFileSync } from 'node:fs'
import { imageFor } from '@fleet/sandbox/opening/flash'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import type { LightCloud } from '@fleet/sandbox/site/light/light-pi'
import { networkCable } from '@fleet/sandbox/site/network'

export async function lightCloud({ target, endpoints }: Sandbox): Promise<LightCloud> {
  const { settings, claim, rootCaPem } = await imageFor(target, endpoints, readFileSync(endpoints.caFile, 'utf8'))
  return {
    network: networkCable({ now: () => new Date() }),
    host: settings.IOT_DATA_ENDPOINT,
    mqttPort: settings.MQTT_PORT,
    rootCaPem,
    claim,
    provisioningTemplate: settings.PROVISIONING_TEMPLATE,
    telemetryRule: target.names.telemetryRule,
  }
}
