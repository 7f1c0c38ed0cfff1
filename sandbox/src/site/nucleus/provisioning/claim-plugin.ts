// sandbox/src/site/nucleus/provisioning/claim-plugin.ts: provisions the device by its claim: a certificate for its key, then a thing for that certificate.
import { chmodSync, existsSync, readFileSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from '@fleet/log'
import type { PiNetwork } from '../../network.ts'
import { makeFolder, replaceFile } from '../durable-file.ts'
import { textOf, type JsonObject } from '../json.ts'
import { pause, type Timings } from '../timing.ts'
import { ProvisioningRefused } from './claim-error.ts'
import { openClaimSession, type ClaimSession } from './claim-exchange.ts'
import type { ClaimParameters } from './claim-parameters.ts'

export interface ClaimOptions {
  readonly parameters: ClaimParameters
  readonly network: PiNetwork
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
}

export interface Provisioned {
  readonly thingName: string
}

/** One try; certificate and key are on the card when it answers. @throws ProvisioningRefused, RetryableProvisioningError */
export async function provisionByClaim(options: ClaimOptions): Promise<Provisioned> {
  const session = await connectForEver(options)
  try {
    const certificateOwnershipToken = await obtainCertificate(session, options)
    const thingName = await registerThing(session, options, certificateOwnershipToken)
    options.log.info('Received register thing response', { thingName })
    return { thingName }
  } finally {
    await session.end()
  }
}

async function connectForEver({ parameters, network, log, timings, signal }: ClaimOptions): Promise<ClaimSession> {
  const [ca = '', certificate = '', privateKey = ''] = await Promise.all([parameters.rootCaPath, parameters.claimCertificatePath, parameters.claimCertificatePrivateKeyPath].map((path) => readFile(path, 'utf8')))
  const { mqttPort, iotDataEndpoint: host, deviceId: clientId } = parameters
  // Without a port, MQTT goes through 443 and is told from HTTP by ALPN (AWS IoT guide, «Device communication protocols»).
  const tls = { ca, certificate, privateKey, ...(mqttPort === undefined && { alpnProtocols: ['x-amzn-mqtt-ca'] }) }
  for (;;) {
    try {
      return await openClaimSession({ network, host, port: mqttPort ?? 443, tls, clientId, stepMs: timings.provisioningStep, log })
    } catch (error) {
      log.info('Retrying MQTT connect which failed in provisioning plugin', { error })
      await pause(timings.provisioningConnectRetry, signal)
    }
  }
}

async function obtainCertificate(session: ClaimSession, { parameters: { request, certificatePath, privateKeyPath } }: ClaimOptions): Promise<string> {
  const answer = request === undefined ? await session.ask('$aws/certificates/create/json', {}, 'Caught exception during PublishCreateKeysAndCertificate') : await session.ask('$aws/certificates/create-from-csr/json', { certificateSigningRequest: readRequest(request.csrPath) }, 'Caught exception during PublishCreateCertificateFromCsr')
  writeSecret(certificatePath, textOf(answer.certificatePem))
  if (request === undefined) writeSecret(privateKeyPath, textOf(answer.privateKey))
  else copyKey(request.privateKeyPath, privateKeyPath)
  return textOf(answer.certificateOwnershipToken)
}

async function registerThing(session: ClaimSession, { parameters }: ClaimOptions, certificateOwnershipToken: string): Promise<string> {
  const { provisioningTemplate: templateName, templateParameters } = parameters
  const question: JsonObject = { templateName, certificateOwnershipToken, ...(Object.keys(templateParameters).length > 0 && { parameters: templateParameters }) }
  const { thingName } = await session.ask(`$aws/provisioning-templates/${templateName}/provision/json`, question, 'Caught exception during registering Iot Thing')
  return textOf(thingName)
}

function readRequest(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ProvisioningRefused(`Failed to read CSR file ${path}`, { cause })
  }
}

function writeSecret(path: string, content: string): void {
  makeFolder(dirname(path))
  replaceFile(path, content, 0o600)
}

/** Often onto itself, through a link: then there is nothing to copy. */
function copyKey(from: string, to: string): void {
  if (!existsSync(to) || realpathSync(from) !== realpathSync(to)) writeSecret(to, readFileSync(from, 'utf8'))
  chmodSync(from, 0o600)
}
