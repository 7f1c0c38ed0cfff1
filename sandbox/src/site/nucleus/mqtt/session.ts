// sandbox/src/site/nucleus/mqtt/session.ts: one MQTT connection over mutual TLS, from CONNECT until it is lost; every request on it ends.
import { MqttClient as MqttJsClient, type IClientOptions, type IClientPublishOptions, type IConnackPacket, type IPublishPacket } from 'mqtt'
import type { PiNetwork, TlsOptions } from '../../network.ts'
import { within } from '../timing.ts'
import { MqttRefusal, type CloudMessage, type MessageProperties } from './message.ts'

export interface SessionOptions {
  readonly network: PiNetwork
  readonly host: string
  readonly port: number
  readonly tls: TlsOptions
  readonly version: 'mqtt3' | 'mqtt5'
  readonly clientId: string
  readonly username: string
  readonly clean: boolean
  readonly keepAliveSeconds: number
  readonly connectTimeoutMs: number
  readonly operationTimeoutMs: number
  readonly sessionExpirySeconds?: number
  readonly receiveMaximum?: number
  readonly onMessage: (message: CloudMessage) => void
}

export interface MqttSession {
  readonly sessionPresent: boolean
  /** Resolves with the reason when the connection is gone. */
  readonly lost: Promise<Error>
  readonly subscribe: (filter: string, qos: 0 | 1) => Promise<void>
  readonly unsubscribe: (filter: string) => Promise<void>
  /** QoS 1: when the cloud has acknowledged it. */
  readonly publish: (message: CloudMessage) => Promise<void>
  /** DISCONNECT; resolves when the connection is closed. */
  readonly end: () => Promise<void>
}

const CLOSE_MS = 2000 // then without farewell

export async function openSession(options: SessionOptions): Promise<MqttSession> {
  let why: Error = new Error('the connection was closed')
  const client = new MqttJsClient(() => options.network.connectTls(options.host, options.port, options.tls).once('secureConnect', () => (why = hungUp())), clientOptions(options))
  client.on('error', (error) => (why = error))
  client.on('disconnect', ({ reasonCode = 0, properties }) => (why = new MqttRefusal(`disconnected by the cloud: ${properties?.reasonString ?? `reason code ${reasonCode}`}`, reasonCode)))
  client.on('message', (topic, payload, packet) => options.onMessage(messageOf(topic, payload, packet)))
  const lost = new Promise<Error>((resolve) => client.once('close', () => resolve(why)))
  void lost.then(() => client.end(true)) // nothing of it reconnects or waits any more
  const orLost = <T>(request: Promise<T>) => within(options.operationTimeoutMs, Promise.race([request, lost.then((error) => Promise.reject(error))]), 'the MQTT operation')
  const connack = new Promise<IConnackPacket>((resolve) => client.once('connect', resolve))
  try {
    const { sessionPresent } = await orLost(connack)
    return {
      sessionPresent,
      lost,
      subscribe: (filter, qos) => orLost(called((done) => client.subscribe(filter, { qos }, done))),
      unsubscribe: (filter) => orLost(called((done) => client.unsubscribe(filter, done))),
      publish: (message) => orLost(called((done) => client.publish(message.topic, Buffer.from(message.payload), publishOptions(message, options.version), done))),
      async end() {
        client.end(false)
        await within(CLOSE_MS, lost, 'closing').catch(() => client.end(true))
      },
    }
  } catch (error) {
    client.end(true)
    throw error
  }
}

/** What AWS's common runtime says when the cloud closes a connection whose TLS handshake has succeeded: so it refuses a certificate (aws-c-mqtt, error codes). */
const hungUp = () => new Error('AWS_ERROR_MQTT_UNEXPECTED_HANGUP: the connection was closed')

function clientOptions({ version, clientId, username, clean, keepAliveSeconds, connectTimeoutMs, sessionExpirySeconds, receiveMaximum }: SessionOptions): IClientOptions {
  return {
    protocolId: 'MQTT',
    protocolVersion: version === 'mqtt5' ? 5 : 4,
    ...{ clientId, username, clean, keepalive: keepAliveSeconds, connectTimeout: connectTimeoutMs },
    reconnectPeriod: 0, // a new session is another one of these
    resubscribe: false,
    queueQoSZero: false,
    ...(version === 'mqtt5' && { properties: { requestProblemInformation: true, ...(sessionExpirySeconds !== undefined && { sessionExpiryInterval: sessionExpirySeconds }), ...(receiveMaximum !== undefined && { receiveMaximum }) } }),
  }
}

function called(request: (done: (error?: Error | null) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => request((error) => (error ? reject(asRefusal(error)) : resolve())))
}

const asRefusal = (error: Error): Error => ('code' in error && typeof error.code === 'number' ? new MqttRefusal(error.message, error.code) : error)

function publishOptions({ qos, retain, properties }: CloudMessage, version: 'mqtt3' | 'mqtt5'): IClientPublishOptions {
  if (version === 'mqtt3') return { qos, retain }
  const { isUtf8 = false, responseTopic, correlationData, messageExpirySeconds, contentType, userProperties } = properties
  return {
    ...{ qos, retain },
    properties: {
      payloadFormatIndicator: isUtf8,
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
      ...(messageExpirySeconds !== undefined && { messageExpiryInterval: messageExpirySeconds }),
      ...(contentType !== undefined && { contentType }),
      ...(userProperties !== undefined && { userProperties: grouped(userProperties) }),
    },
  }
}

/** A name may stand several times. */
function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const [name, value] of pairs) (groups[name] ??= []).push(value)
  return groups
}

function messageOf(topic: string, payload: Uint8Array, { qos, retain, properties = {} }: IPublishPacket): CloudMessage {
  return { topic, payload, qos: qos === 0 ? 0 : 1, retain, properties: propertiesOf(properties) }
}

function propertiesOf(properties: NonNullable<IPublishPacket['properties']>): MessageProperties {
  const { payloadFormatIndicator, responseTopic, correlationData, messageExpiryInterval, contentType, userProperties } = properties
  const pairs = Object.entries(userProperties ?? {}).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))
  return {
    isUtf8: payloadFormatIndicator === true,
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData }),
    ...(messageExpiryInterval !== undefined && { messageExpirySeconds: messageExpiryInterval }),
    ...(contentType !== undefined && { contentType }),
    ...(pairs.length > 0 && { userProperties: pairs }),
  }
}
