// sandbox/src/cloud/iot-core/broker/admission.ts: decides whether a CONNECT is let in, and on what terms.
import { randomUUID } from 'node:crypto'
import type { IConnectPacket } from 'mqtt-packet'
import { arn, type Account } from '../../account.ts'
import { connectionAuthority, type ConnectionAuthority } from '../policy/connection-authority.ts'
import type { ClientIdentity } from '../policy/identity.ts'
import type { Source } from './client.ts'
import type { BrokerLimits } from './limits.ts'
import { messageOf, type Message } from './message.ts'
import { clientError, CODE, unauthorized, type Refusal } from './reason-codes.ts'
import { faultOfClientId, faultOfName, isReserved } from './topics.ts'

/** What was agreed with a client. */
export interface Terms {
  readonly clientId: string
  readonly version: 4 | 5
  readonly cleanStart: boolean
  /** 0: the session ends with the connection. */
  readonly expirySeconds: number
  readonly keepAliveSeconds: number
  readonly will: Message | undefined
  /** QoS 1 messages under way to the client at once. */
  readonly window: number
  readonly packetBytes: number | undefined
  readonly wantsReasons: boolean
  readonly authority: ConnectionAuthority
  /** What the CONNACK of MQTT 5 must tell because it differs from what was asked for. */
  readonly adjusted: { readonly assignedClientIdentifier?: string; readonly sessionExpiryInterval?: number; readonly serverKeepAlive?: number }
}

export type Verdict = { readonly terms: Terms } | { readonly refusal: Refusal; readonly clientId: string }

export interface Applicant {
  readonly packet: IConnectPacket
  readonly identity: ClientIdentity
  readonly source: Source
}

export interface AdmissionRules {
  readonly account: Account
  readonly limits: BrokerLimits
  readonly nowMs: number
}

export function admit(applicant: Applicant, rules: AdmissionRules): Verdict {
  const terms = termsFor(applicant, rules)
  const refusal = faultOf(applicant, terms, rules) ?? denial(applicant, terms, rules)
  return refusal ? { refusal, clientId: terms.clientId } : { terms }
}

/** What is wrong with the packet itself. */
function faultOf({ packet }: Applicant, { clientId, will }: Terms, { limits }: AdmissionRules): Refusal | undefined {
  if (packet.protocolVersion === 3) return clientError(CODE.unsupportedProtocolVersion, 'MQTT 3.1.1 and 5 are spoken here')
  if (packet.clientId === '' && packet.protocolVersion !== 5 && packet.clean === false) return clientError(CODE.clientIdInvalid, 'a persistent session needs a client id')
  const fault = packet.clientId === '' ? undefined : faultOfClientId(clientId, limits)
  if (fault) return clientError(CODE.clientIdInvalid, fault)
  if (packet.properties?.authenticationMethod !== undefined) return clientError(CODE.badAuthenticationMethod, 'enhanced authentication is not offered')
  if (packet.properties?.receiveMaximum === 0) return clientError(CODE.protocolError, 'Receive Maximum must not be 0')
  return will && faultOfWill(packet, will, limits)
}

function faultOfWill({ will: asked }: IConnectPacket, will: Message, limits: BrokerLimits): Refusal | undefined {
  if (asked?.qos === 2) return clientError(CODE.qosNotSupported, 'QoS 2 is not supported for the last will')
  const fault = faultOfName(will.topic, limits)
  if (fault) return clientError(CODE.topicNameInvalid, `last will: ${fault}`)
  if (will.retain && isReserved(will.topic)) return clientError(CODE.topicNameInvalid, 'a last will to a reserved topic cannot be retained')
  return will.payload.length > limits.payloadBytes ? clientError(CODE.quotaExceeded, `the last will is larger than ${limits.payloadBytes} bytes`) : undefined
}

/** What the identity does not permit. */
function denial({ packet, identity, source }: Applicant, { clientId, will, authority, expirySeconds }: Terms, { account }: AdmissionRules): Refusal | undefined {
  const refused = identity.refusedBecause()
  if (refused) return { ...unauthorized(refused), reason: 'AUTHENTICATION_FAILURE' }
  const connectAttributes = [...(expirySeconds > 0 ? ['PersistentConnect'] : []), ...(packet.will ? ['LastWill'] : [])]
  const facts = { clientId, sourceIp: source.ip, connectAttributes }
  if (!identity.permits('iot:Connect', arn('iot', account, `client/${clientId}`), facts)) return unauthorized(`iot:Connect is not allowed as client ${clientId}`)
  if (will && !authority.mayPublish(will.topic)) return unauthorized(`iot:Publish of the last will is not allowed on ${will.topic}`)
  if (will?.retain && !authority.mayRetain(will.topic)) return unauthorized(`iot:RetainPublish of the last will is not allowed on ${will.topic}`)
  return undefined
}

function termsFor({ packet, identity, source }: Applicant, { account, limits, nowMs }: AdmissionRules): Terms {
  const clientId = packet.clientId === '' ? `$GEN/${randomUUID()}` : packet.clientId
  const version = packet.protocolVersion === 5 ? 5 : 4
  const asked = version === 5 ? (packet.properties?.sessionExpiryInterval ?? 0) : packet.clean === false ? limits.sessionExpirySeconds : 0
  const expirySeconds = Math.min(asked, limits.sessionExpirySeconds)
  const keepAliveSeconds = keepAliveOf(packet.keepalive ?? 0, limits)
  return {
    clientId,
    version,
    cleanStart: packet.clean !== false,
    expirySeconds,
    keepAliveSeconds,
    will: packet.will && messageOf(packet.will, { clientId, nowMs, limits }),
    window: Math.min(packet.properties?.receiveMaximum ?? limits.unacknowledged, limits.unacknowledged),
    packetBytes: packet.properties?.maximumPacketSize,
    wantsReasons: packet.properties?.requestProblemInformation !== false,
    authority: connectionAuthority(identity, account, { clientId, sourceIp: source.ip }),
    adjusted: {
      ...(packet.clientId === '' && { assignedClientIdentifier: clientId }),
      ...(expirySeconds !== asked && { sessionExpiryInterval: expirySeconds }),
      ...(keepAliveSeconds !== packet.keepalive && { serverKeepAlive: keepAliveSeconds }),
    },
  }
}

/** 0 or too long: AWS's longest; too short: its shortest. */
function keepAliveOf(asked: number, { keepAliveSeconds: { least, most } }: BrokerLimits): number {
  return asked === 0 || asked > most ? most : Math.max(asked, least)
}
