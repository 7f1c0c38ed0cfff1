// sandbox/src/opening/flash.ts: what the cards of this sandbox's Pis are flashed with: where its cloud is, and the stage's claim.
import { claimContext } from '@fleet/ops/claim/show-claim'
import { claimMissing, readClaimPair } from '@fleet/ops/claim/stored-claim'
import type { Target } from '@fleet/ops/target/target'
import type { SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import type { Image } from '../site/site.ts'

/** @throws FleetError CLAIM_MISSING before the stack's first `up` */
export async function imageFor(target: Target, { region, gatewayTls, gateway, mqtt }: SandboxEndpoints, rootCaPem: string): Promise<Image> {
  const claim = await readClaimPair(claimContext(target).store)
  const { stage } = target.stage
  if (!claim) throw claimMissing(stage)
  return {
    settings: {
      STAGE: stage,
      REGION: region,
      IOT_DATA_ENDPOINT: mqtt.host,
      MQTT_PORT: mqtt.port,
      IOT_CREDENTIAL_ENDPOINT: new URL(gatewayTls).host,
      GREENGRASS_DATA_PLANE_ENDPOINT: gatewayTls,
      PROVISIONING_TEMPLATE: target.names.provisioningTemplate,
      ROLE_ALIAS: target.names.roleAlias,
      AWS_ENDPOINT_URL: gateway,
    },
    claim: { certificatePem: claim.certificate, privateKeyPem: claim.privateKey },
    rootCaPem,
  }
}
