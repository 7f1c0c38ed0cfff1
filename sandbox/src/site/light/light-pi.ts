// sandbox/src/site/light/light-pi.ts: a Pi without components, for load: joins through the real claim flow, keeps a connection, reports.
import { silentLog } from '@fleet/log'
import { claimClientId, TEMPLATE_PARAMETER } from '@fleet/contract/provisioning'
import type { TelemetryBatch } from '@fleet/contract/telemetry'
import { shadows, telemetry } from '@fleet/contract/topics'
import { certificateRequest, newDeviceKey, privateKeyPem } from '../certificate-request.ts'
import type { PiNetwork } from '../network.ts'
import type { CloudMessage } from '../nucleus/mqtt/message.ts'
import { openSession } from '../nucleus/mqtt/session.ts'
import { ProvisioningRefused } from '../nucleus/provisioning/claim-error.ts'
import { openClaimSession, type ClaimSession } from '../nucleus/provisioning/claim-exchange.ts'
import { textOf, type JsonObject } from '../nucleus/json.ts'

/** What a flashed card knows. */
export interface LightCloud {
  readonly network: PiNetwork
  readonly host: string
  readonly mqttPort: number
  readonly rootCaPem: string
  readonly claim: { readonly certificatePem: string; readonly privateKeyPem: string }
  readonly provisioningTemplate: string
  /** Name of the topic rule that telemetry goes to. */
  readonly telemetryRule: string
}

export interface LightIdentity {
  readonly serial: string
  readonly privateKeyPem: string
  readonly certificatePem: string
}

export interface LightPi {
  readonly serial: string
  /** The named shadow `led`; answers the document. @throws when it is rejected */
  getShadow(): Promise<unknown>
  reportShadow(reported: object): Promise<unknown>
  /** One event by basic ingest; resolves when the cloud has it (QoS 1). */
  sendTelemetry(event: object): Promise<void>
  /** One batch of it, likewise. */
  sendHealth(batch: TelemetryBatch<'health'>): Promise<void>
  end(): Promise<void>
}

const STEP_MS = 30_000 // the claim plugin's limit of each step
const KEEP_ALIVE_SECONDS = 60

/** One try. @throws ProvisioningRefused, or the network's error */
export async function provision(serial: string, cloud: LightCloud): Promise<LightIdentity> {
  const key = newDeviceKey()
  const { certificatePem: certificate, privateKeyPem: privateKey } = cloud.claim
  const tls = { ca: cloud.rootCaPem, certificate, privateKey }
  const session = await openClaimSession({ network: cloud.network, host: cloud.host, port: cloud.mqttPort, tls, clientId: claimClientId(serial), stepMs: STEP_MS, log: silentLog })
  try {
    const { certificatePem, certificateOwnershipToken } = await askPatiently(session, '$aws/certificates/create-from-csr/json', { certificateSigningRequest: certificateRequest(key, serial) })
    await askPatiently(session, `$aws/provisioning-templates/${cloud.provisioningTemplate}/provision/json`, { certificateOwnershipToken: textOf(certificateOwnershipToken), parameters: { [TEMPLATE_PARAMETER]: serial } })
    return { serial, privateKeyPem: privateKeyPem(key), certificatePem: textOf(certificatePem) }
  } finally {
    await session.end()
  }
}

const TOKEN_LIFE_MS = 3_600_000 // of an ownership token (AWS IoT guide, «Device provisioning MQTT API»)
const THROTTLED_FIRST_MS = 250
const THROTTLED_MOST_MS = 20_000

/** AWS answers 20 requests for a certificate and 10 registrations a second: who comes too early asks again, with the same token as long as it lives. */
async function askPatiently(session: ClaimSession, topic: string, question: JsonObject): Promise<JsonObject> {
  const giveUpAt = performance.now() + TOKEN_LIFE_MS - THROTTLED_MOST_MS
  for (let waitMs = THROTTLED_FIRST_MS; ; waitMs = Math.min(waitMs * 2, THROTTLED_MOST_MS)) {
    try {
      return await session.ask(topic, question, 'not answered')
    } catch (error) {
      if (!isThrottled(error) || performance.now() > giveUpAt) throw error
      await jitteredPause(waitMs)
    }
  }
}

const isThrottled = (error: unknown) => error instanceof ProvisioningRefused && /throttl|rate exceeded/i.test(error.message)

export const jitteredPause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms / 2 + (Math.random() * ms) / 2))

/** Connects with the device's own certificate. */
export async function switchOn({ serial, certificatePem, privateKeyPem: privateKey }: LightIdentity, cloud: LightCloud): Promise<LightPi> {
  const waiting = new Map<string, (message: CloudMessage) => void>()
  const session = await openSession({
    network: cloud.network,
    host: cloud.host,
    port: cloud.mqttPort,
    tls: { ca: cloud.rootCaPem, certificate: certificatePem, privateKey },
    version: 'mqtt5',
    clientId: serial,
    username: '',
    clean: true,
    keepAliveSeconds: KEEP_ALIVE_SECONDS,
    connectTimeoutMs: STEP_MS,
    operationTimeoutMs: STEP_MS,
    onMessage: (message) => waiting.get(message.topic)?.(message),
  })
  const publish = (topic: string, payload: object) => session.publish({ topic, payload: Buffer.from(JSON.stringify(payload)), qos: 1, retain: false, properties: {} })
  const ask = async (topic: string, payload: object): Promise<unknown> => {
    const answer = new Promise<unknown>((resolve, reject) => {
      waiting.set(`${topic}/accepted`, (message) => resolve(JSON.parse(textOfPayload(message))))
      waiting.set(`${topic}/rejected`, (message) => reject(new Error(`${topic}: ${textOfPayload(message)}`)))
    })
    await publish(topic, payload)
    return Promise.race([answer, session.lost.then((why) => Promise.reject(why))])
  }
  const [get, update] = [shadows.led.get.of(serial), shadows.led.update.of(serial)]
  for (const topic of [get, update]) for (const end of ['accepted', 'rejected']) await session.subscribe(`${topic}/${end}`, 1)
  return {
    serial,
    getShadow: () => ask(get, {}),
    reportShadow: (reported) => ask(update, { state: { reported } }),
    sendTelemetry: (batch) => publish(telemetry.led.of(cloud.telemetryRule, serial), batch),
    sendHealth: (batch) => publish(telemetry.health.of(cloud.telemetryRule, serial), batch),
    end: () => session.end(),
  }
}

const textOfPayload = ({ payload }: CloudMessage) => Buffer.from(payload).toString('utf8')
