// sandbox/src/cloud/iot-core/broker/message.ts: a message on its way through the broker, and how it is kept.
import type { IPublishPacket, QoS } from 'mqtt-packet'
import type { BrokerLimits } from './limits.ts'

/** The MQTT 5 properties that travel with a message to its subscribers. */
export type MessageProperties = Pick<NonNullable<IPublishPacket['properties']>, 'payloadFormatIndicator' | 'contentType' | 'responseTopic' | 'correlationData' | 'userProperties'>

export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1
  readonly retain: boolean
  /** Who published it; `n/a` for the cloud itself. */
  readonly clientId: string
  readonly properties?: MessageProperties
  /** Milliseconds since the epoch, by the cloud's clock; not delivered after that. */
  readonly expiresAt?: number
}

export const NO_CLIENT = 'n/a'

/** A message as it lies in a table: bytes as base64. */
export interface StoredMessage extends Omit<Message, 'payload' | 'properties'> {
  readonly payload: string
  readonly properties?: Omit<MessageProperties, 'correlationData'> & { readonly correlationData?: string }
}

export function toStored({ payload, properties, ...message }: Message): StoredMessage {
  const kept = { ...message, payload: payload.toString('base64') }
  if (!properties) return kept
  const { correlationData, ...others } = properties
  return { ...kept, properties: { ...others, ...(correlationData && { correlationData: correlationData.toString('base64') }) } }
}

export function fromStored({ payload, properties, ...message }: StoredMessage): Message {
  const restored = { ...message, payload: Buffer.from(payload, 'base64') }
  if (!properties) return restored
  const { correlationData, ...others } = properties
  return { ...restored, properties: { ...others, ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData, 'base64') }) } }
}

/** What a client's PUBLISH, or its last will, says. The interval is held to AWS's bounds (AWS IoT guide, «Message expiry»). */
export function messageOf(packet: Published, { clientId, nowMs, limits }: { readonly clientId: string; readonly nowMs: number; readonly limits: BrokerLimits }): Message {
  const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
  const message = { topic: packet.topic, payload, qos: packet.qos === 0 || packet.qos === undefined ? 0 : 1, retain: packet.retain ?? false, clientId } as const
  if (!packet.properties) return message
  const { payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties, messageExpiryInterval } = packet.properties
  const properties = definedOf({ payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties })
  if (messageExpiryInterval === undefined) return { ...message, properties }
  const { least, most } = limits.messageExpirySeconds
  return { ...message, properties, expiresAt: nowMs + Math.min(Math.max(messageExpiryInterval, least), most) * 1000 }
}

interface Published {
  readonly topic: string
  readonly payload: Buffer | string
  readonly qos?: QoS
  readonly retain?: boolean
  readonly properties?: MessageProperties & { readonly messageExpiryInterval?: number }
}

function definedOf(properties: { [K in keyof MessageProperties]: MessageProperties[K] | undefined }): MessageProperties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]: [string, unknown]) => value !== undefined))
}

export const hasExpired = ({ expiresAt }: Message, nowMs: number) => expiresAt !== undefined && expiresAt <= nowMs

/** What a subscriber of MQTT 5 gets of it: the properties, and what is left of its time. */
export function propertiesFor(message: Message, nowMs: number): IPublishPacket['properties'] | undefined {
  if (message.expiresAt === undefined) return message.properties
  return { ...message.properties, messageExpiryInterval: Math.max(0, Math.floor((message.expiresAt - nowMs) / 1000)) }
}
