// sandbox/src/site/nucleus/provisioning/claim-parameters.ts: what the claim plugin is told in the nucleus's configuration.
import { join } from 'node:path'
import { isJsonObject, numberOf, textOf, type JsonObject } from '../json.ts'

export const CLAIM_PLUGIN = 'aws.greengrass.FleetProvisioningByClaim'

export interface ClaimParameters {
  readonly provisioningTemplate: string
  readonly claimCertificatePath: string
  readonly claimCertificatePrivateKeyPath: string
  readonly rootCaPath: string
  readonly iotDataEndpoint: string
  readonly mqttPort: number | undefined
  readonly deviceId: string
  readonly templateParameters: Readonly<Record<string, string>>
  /** The device made its key itself; else the cloud makes one. */
  readonly request: { readonly csrPath: string; readonly privateKeyPath: string } | undefined
  readonly certificatePath: string
  readonly privateKeyPath: string
  /** Go into the nucleus's configuration; '' leaves it. */
  readonly awsRegion: string
  readonly iotCredentialEndpoint: string
  readonly iotRoleAlias: string
}

const REQUIRED = ['provisioningTemplate', 'claimCertificatePath', 'claimCertificatePrivateKeyPath', 'rootCaPath', 'iotDataEndpoint', 'rootPath'] as const

/** @throws Error that names every parameter that is missing */
export function claimParameters(configuration: JsonObject): ClaimParameters {
  const text = (name: string) => textOf(configuration[name])
  const required = [...REQUIRED, ...(text('csrPath') === '' ? [] : ['csrPrivateKeyPath'])]
  const missing = required.filter((name) => text(name) === '')
  if (missing.length > 0) throw new Error(`[${missing.map((name) => `Required parameter ${name} missing for ${CLAIM_PLUGIN}`).join(', ')}]`)
  const { templateParameters } = configuration
  return {
    provisioningTemplate: text('provisioningTemplate'),
    claimCertificatePath: text('claimCertificatePath'),
    claimCertificatePrivateKeyPath: text('claimCertificatePrivateKeyPath'),
    rootCaPath: text('rootCaPath'),
    iotDataEndpoint: text('iotDataEndpoint'),
    mqttPort: text('mqttPort') === '' ? undefined : numberOf(configuration.mqttPort, 0),
    deviceId: text('deviceId') || crypto.randomUUID(),
    templateParameters: isJsonObject(templateParameters) ? Object.fromEntries(Object.entries(templateParameters).map(([name, value]) => [name, textOf(value)])) : {},
    request: text('csrPath') === '' ? undefined : { csrPath: text('csrPath'), privateKeyPath: text('csrPrivateKeyPath') },
    certificatePath: text('certificatePath') || join(text('rootPath'), 'thingCert.crt'),
    privateKeyPath: text('privateKeyPath') || join(text('rootPath'), 'privKey.key'),
    awsRegion: text('awsRegion'),
    iotCredentialEndpoint: text('iotCredentialEndpoint'),
    iotRoleAlias: text('iotRoleAlias'),
  }
}
