// sandbox/src/cloud/fleet-provisioning/mqtt-api.ts: the provisioning API that devices use over MQTT (developer guide, «Device provisioning MQTT API»).
import type { IotLog } from '../iot-core/iot-log.ts'
import type { CloudLog } from '../log.ts'
import type { Pki } from '../pki/pki.ts'
import type { DeviceMessage, MessageBus, Reply } from '../ports.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import { readPayload, writePayload, type PayloadFormat } from './payload-format.ts'
import type { Registered, RegisterThingRequest } from './register-thing.ts'
import { Refusal, refusalFrom, rejection } from './refusal.ts'
import type { RateLimiter } from '../wire/rate-limits.ts'
import type { UnclaimedCertificates } from './unclaimed-certificates.ts'

export interface MqttApiDependencies {
  readonly bus: MessageBus
  readonly pki: Pki
  readonly unclaimed: UnclaimedCertificates
  readonly registerThing: (request: RegisterThingRequest) => Promise<Registered>
  readonly rates: RateLimiter
  readonly log: CloudLog
  readonly iotLog: IotLog
}

/** One call of a device: what it says, and what is logged when it is refused. */
interface DeviceCall {
  readonly message: DeviceMessage
  readonly request: JsonObject
  /** Fields that the log shall have, filled in as they are known. */
  readonly facts: Record<string, string>
}

interface Endpoint {
  readonly operation: 'CreateCertificateFromCsr' | 'CreateKeysAndCertificate' | 'RegisterThing'
  readonly filter: string
  /** `eventType` of its log entries (developer guide, «Device provisioning log entries»). */
  readonly eventType: 'GetDeviceCredentials' | 'ProvisionDevice'
  answer(call: DeviceCall): Promise<object>
}

export function openMqttApi(dependencies: MqttApiDependencies): void {
  for (const endpoint of endpoints(dependencies))
    for (const format of ['json', 'cbor'] as const)
      dependencies.bus.reserve(`${endpoint.filter}/${format}`, (message, reply) => serve({ ...dependencies, endpoint, format }, message, reply))
}

const endpoints = ({ pki, unclaimed, registerThing, log }: MqttApiDependencies): readonly Endpoint[] => [
  {
    operation: 'CreateCertificateFromCsr',
    filter: '$aws/certificates/create-from-csr',
    eventType: 'GetDeviceCredentials',
    answer: async ({ request }) => {
      const issued = issue(() => pki.issueFromRequest(stringOf(request, 'certificateSigningRequest')))
      return { certificateOwnershipToken: unclaimed.keepPending(issued), certificateId: issued.certificateId, certificatePem: issued.pem }
    },
  },
  {
    operation: 'CreateKeysAndCertificate',
    filter: '$aws/certificates/create',
    eventType: 'GetDeviceCredentials',
    answer: async () => {
      const { privateKey, ...issued } = await pki.issueWithNewKeys()
      return { certificateId: issued.certificateId, certificatePem: issued.pem, privateKey, certificateOwnershipToken: unclaimed.keepPending(issued) }
    },
  },
  {
    operation: 'RegisterThing',
    filter: '$aws/provisioning-templates/+/provision',
    eventType: 'ProvisionDevice',
    answer: async ({ request, message, facts }) => {
      const templateName = message.topic.split('/')[2] ?? ''
      facts['provisioningTemplateName'] = templateName
      const certificateOwnershipToken = stringOf(request, 'certificateOwnershipToken')
      const parameters = parametersOf(request)
      const { clientId, principal: claimCertificateId } = message
      const { certificateId, thingName, deviceConfiguration } = await registerThing({ templateName, certificateOwnershipToken, parameters, clientId, claimCertificateId })
      log.info('device provisioned', { thingName, certificateId, templateName, clientId })
      return { deviceConfiguration, ...(thingName === undefined ? {} : { thingName }) }
    },
  },
]

async function serve({ endpoint, format, rates, unclaimed, ...rest }: MqttApiDependencies & { endpoint: Endpoint; format: PayloadFormat }, message: DeviceMessage, reply: Reply): Promise<void> {
  const facts: Record<string, string> = {}
  let answer: object
  try {
    if (!rates.take('mqtt', endpoint.operation)) throw new Refusal('Throttling', 'Rate exceeded', { why: `more ${endpoint.operation} calls than the account may make in a second` })
    unclaimed.sweep()
    answer = await endpoint.answer({ message, request: readPayload(message.payload, format), facts })
  } catch (error) {
    const refusal = refusalFrom(error)
    tell(rest, refusal, { eventType: endpoint.eventType, clientId: message.clientId, principalId: message.principal, ...facts })
    return reply(`${message.topic}/rejected`, writePayload(rejection(refusal), format))
  }
  return reply(`${message.topic}/accepted`, writePayload(answer, format))
}

function tell({ iotLog, log }: Pick<MqttApiDependencies, 'iotLog' | 'log'>, refusal: Refusal, entry: { readonly eventType: string; readonly [field: string]: string }): void {
  const { certificateId, commonName = 'none' } = refusal.device ?? {}
  const details = certificateId === undefined ? refusal.why : `${refusal.why} (common name of the certificate: ${commonName})`
  iotLog.failure({ ...entry, ...(certificateId === undefined ? {} : { deviceCertificateId: certificateId }), reason: refusal.code, details })
  if (refusal.code === 'InternalFailure') log.error('provisioning failed inside the sandbox', { error: refusal.cause })
}

function issue<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new Refusal('InvalidCertificateSigningRequest', refusalFrom(cause).message, { cause })
  }
}

/** A member that is absent is empty: the operation says what it makes of that. */
function stringOf(request: JsonObject, member: string): string {
  const value = request[member] ?? ''
  if (typeof value !== 'string') throw new Refusal('InvalidPayload', `${member} must be a string`)
  return value
}

function parametersOf(request: JsonObject): Record<string, string> {
  const parameters = request['parameters'] ?? {}
  if (!isJsonObject(parameters)) throw new Refusal('InvalidPayload', 'parameters must be an object')
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (typeof value !== 'string') throw new Refusal('InvalidPayload', `the parameter ${name} must be a string`)
      return [name, value]
    }),
  )
}
