// ops/src/image/boot-folder.ts: the folder fleet/ of the boot partition: where a device finds its cloud, and the claim by which it introduces itself.
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot'
import { bootFiles, renderBootSettings, type BootSettings } from '@fleet/contract/boot-settings'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { claimContext } from '../claim/show-claim.ts'
import { claimMissing, readClaimPair } from '../claim/stored-claim.ts'
import type { Target } from '../target/target.ts'

export interface BootFolderOptions {
  /** A name by which devices reach this machine, when the cloud is a sandbox on it and the device is a virtual machine. */
  readonly sandboxHost?: string | undefined
}

/** File name → content. @throws FleetError CLAIM_MISSING, CLAIM_BROKEN */
export const bootFolder = (target: Target, options: BootFolderOptions = {}): Promise<Readonly<Record<string, string>>> =>
  explaining(target, async () => {
    const { store } = claimContext(target)
    const [claim, settings, rootCa] = await Promise.all([readClaimPair(store), settingsOf(target, options), rootCaOf(target)])
    const { stage } = target.stage
    if (!claim) throw claimMissing(stage)
    return { [bootFiles.settings]: renderBootSettings(settings), [bootFiles.rootCa]: rootCa, [bootFiles.claimCertificate]: claim.certificate, [bootFiles.claimPrivateKey]: claim.privateKey }
  })

async function settingsOf(target: Target, { sandboxHost }: BootFolderOptions): Promise<BootSettings> {
  const base = { STAGE: target.stage.stage, REGION: target.stage.region, PROVISIONING_TEMPLATE: target.names.provisioningTemplate, ROLE_ALIAS: target.names.roleAlias }
  if (target.sandbox) return { ...base, ...(sandboxEndpoints(target.sandbox.endpoints, sandboxHost)) }
  const iot = named(new IoTClient(clientConfig(target)))
  const endpoint = async (endpointType: string) => (await iot.send(new DescribeEndpointCommand({ endpointType }))).endpointAddress ?? ''
  const [data, credentials] = await Promise.all([endpoint('iot:Data-ATS'), endpoint('iot:CredentialProvider')])
  return { ...base, IOT_DATA_ENDPOINT: data, MQTT_PORT: 8883, IOT_CREDENTIAL_ENDPOINT: credentials, GREENGRASS_DATA_PLANE_ENDPOINT: '', AWS_ENDPOINT_URL: '' }
}

function sandboxEndpoints({ gateway, gatewayTls, mqtt }: NonNullable<Target['sandbox']>['endpoints'], host?: string) {
  const at = (url: string) => {
    const moved = new URL(url)
    if (host !== undefined) moved.hostname = host
    return moved
  }
  return {
    IOT_DATA_ENDPOINT: host ?? mqtt.host,
    MQTT_PORT: mqtt.port,
    IOT_CREDENTIAL_ENDPOINT: at(gatewayTls).host,
    GREENGRASS_DATA_PLANE_ENDPOINT: at(gatewayTls).origin,
    AWS_ENDPOINT_URL: at(gateway).origin,
  }
}

const rootCaOf = (target: Target): Promise<string> => (target.sandbox ? readFile(target.sandbox.endpoints.caFile, 'utf8') : Promise.resolve(amazonRootCas()))

/** AWS IoT's servers show certificates of these two (AWS IoT guide, «Server authentication»); Node carries them with all others. */
const amazonRootCas = (): string =>
  rootCertificates
    .filter((pem) => /CN=Amazon Root CA [13]$/m.test(new X509Certificate(pem).subject))
    .map((pem) => `${pem}\n`)
    .join('')
