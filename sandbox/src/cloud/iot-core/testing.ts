// sandbox/src/cloud/iot-core/testing.ts: what tests of IoT Core need: a small registry, a log that can be read, and devices with real certificates on real TLS.
import 'reflect-metadata' // @peculiar/x509 asks for it
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as mqttConnect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'
import type { CloudLog } from '../log.ts'
import { openPki, type Pki } from '../pki/pki.ts'
import { certificateRequest } from '../pki/testing.ts'
import type { Clock } from '../clock.ts'
import type { LogSink } from '../ports.ts'
import { openStore, type Store } from '../store/store.ts'
import { openBroker, type Broker, type BrokerOptions } from './broker/broker.ts'
import { openMqttListener } from './broker/tls-listener.ts'
import { ACCOUNT, fakeRegistry, type FakeRegistry, iotArn } from './fake-registry.ts'
import { iotLog } from './iot-log.ts'
import { deviceIdentities } from './policy/device-identity.ts'

export { ACCOUNT, fakeRegistry, type FakeRegistry, iotArn }
export const ALLOW_ALL = policyAllowing(['iot:*'], ['*'])

export function policyAllowing(actions: readonly string[], resources: readonly string[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }] })
}

export interface RecordedLog {
  readonly log: CloudLog
  readonly sink: LogSink
  /** Entries of AWSIotLogsV2, parsed. */
  readonly entries: Record<string, unknown>[]
  readonly lines: { readonly level: string; readonly event: string; readonly fields: Readonly<Record<string, unknown>> | undefined }[]
}

export function recordedLog(): RecordedLog {
  const entries: Record<string, unknown>[] = []
  const lines: RecordedLog['lines'] = []
  const speak = (level: string) => (event: string, fields?: Readonly<Record<string, unknown>>) => void lines.push({ level, event, fields })
  const sink: LogSink = { append: (_group, _stream, messages) => messages.forEach((message) => entries.push(JSON.parse(message) as Record<string, unknown>)) }
  return { log: { debug: speak('debug'), info: speak('info'), warn: speak('warn'), error: speak('error') }, sink, entries, lines }
}

/** A clock that runs, and can be moved ahead. */
export function movableClock(): Clock {
  let offsetMs = 0
  return { now: () => new Date(Date.now() + offsetMs), advance: (byMs) => void (offsetMs += byMs) }
}

export function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'iot-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'state.sqlite')
}

export interface ClientCredentials {
  readonly cert: string
  readonly key: string
}

export interface Credentials extends ClientCredentials {
  readonly certificateId: string
}

export interface TestCloud {
  readonly broker: Broker
  readonly registry: FakeRegistry
  readonly clock: Clock
  readonly store: Store
  readonly pki: Pki
  readonly port: number
  readonly recorded: RecordedLog
  /** A device certificate that is registered, with these policies. */
  issue(commonName: string, policies?: readonly string[]): Promise<Credentials>
  /** Connects with mqtt.js over mutual TLS; no reconnecting. Ends with the test. Rejects when the broker lets it not in. */
  connect(credentials: ClientCredentials, options?: IClientOptions): Promise<MqttClient>
  /** The answer to a CONNECT: its CONNACK, or that the connection was closed without one. */
  knock(credentials: ClientCredentials | undefined, options?: IClientOptions): Promise<IConnackPacket | 'closed'>
  close(): Promise<void>
}

export interface TestCloudOptions extends Partial<Pick<BrokerOptions, 'limits' | 'quotas' | 'nowMs' | 'registry'>> {
  readonly file?: string
  readonly registry?: FakeRegistry
  readonly store?: Store
}

/** A broker behind a real listener, on a state file of its own. Closed with the test, or before by `close`. */
export async function testCloud({ file, registry = fakeRegistry(), store = openStore(file ?? ':memory:'), ...options }: TestCloudOptions = {}): Promise<TestCloud> {
  const clock = movableClock()
  const recorded = recordedLog()
  const { log, sink } = recorded
  const pki = openPki({ store, clock })
  const broker = openBroker({ account: ACCOUNT, store, clock, registry, log, iotLog: iotLog({ account: ACCOUNT, clock, log, sink }), ...options })
  const listener = await openMqttListener({ broker, identities: deviceIdentities(registry, clock), log, credentials: pki.serverCredentials, host: '127.0.0.1', port: 0 })
  let open = true
  const close = async () => {
    if (!open) return
    open = false
    broker.close()
    await listener.close()
    store[Symbol.dispose]()
  }
  onTestFinished(close)
  const dial = (credentials: ClientCredentials | undefined, clientOptions: IClientOptions = {}) => {
    const client = mqttConnect(`mqtts://127.0.0.1:${listener.port}`, { ca: pki.caPem, ...credentials, reconnectPeriod: 0, connectTimeout: 5000, protocolVersion: 4, ...clientOptions })
    client.on('error', () => undefined) // told by `close`
    inbox(client)
    onTestFinished(() => void client.end(true))
    return client
  }
  return {
    ...{ broker, registry, clock, store, pki, recorded, close },
    port: listener.port,
    async issue(commonName, policies = [ALLOW_ALL]) {
      const { csr, privateKey } = await certificateRequest(`CN=${commonName}`)
      const { certificateId, pem } = pki.issueFromRequest(csr)
      registry.put({ certificateId, pem, commonName, policies })
      return { cert: pem, key: privateKey, certificateId }
    },
    async connect(credentials, clientOptions) {
      const client = dial(credentials, clientOptions)
      const answer = await answerTo(client)
      if (answer === 'closed' || (answer.reasonCode ?? answer.returnCode ?? 0) > 0) throw new Error(`not let in: ${JSON.stringify(answer)}`)
      return client
    },
    knock: async (credentials, clientOptions) => answerTo(dial(credentials, clientOptions)),
  }
}

export interface Inbox {
  /** Received and not yet taken. */
  readonly received: Received[]
  /** Takes the next message, or waits for it. */
  next(): Promise<Received>
}

const inboxes = new WeakMap<MqttClient, Inbox>()

/** The messages that a client of a test cloud gets, from its very first on. */
export function inbox(client: MqttClient): Inbox {
  const known = inboxes.get(client)
  if (known) return known
  const waiting: ((message: Received) => void)[] = []
  const received: Received[] = []
  client.on('message', (topic, payload, { qos, retain, properties }) => {
    const message = { topic, text: payload.toString(), qos, retain, properties }
    const taker = waiting.shift()
    if (taker) taker(message)
    else received.push(message)
  })
  const box = { received, next: async (): Promise<Received> => received.shift() ?? new Promise((resolve) => waiting.push(resolve)) }
  inboxes.set(client, box)
  return box
}

export interface Received {
  readonly topic: string
  readonly text: string
  readonly qos: number
  readonly retain: boolean
  readonly properties: unknown
}

async function answerTo(client: MqttClient): Promise<IConnackPacket | 'closed'> {
  return new Promise((resolve) => {
    client.on('packetreceive', (packet) => packet.cmd === 'connack' && resolve(packet))
    client.once('close', () => resolve('closed'))
  })
}

/** How a connection ended: with the reason code of a DISCONNECT if there was one (MQTT 5). */
export async function ended(client: MqttClient): Promise<number | undefined> {
  let reasonCode: number | undefined
  client.on('disconnect', (packet) => (reasonCode = packet.reasonCode))
  return new Promise((resolve) => client.once('close', () => resolve(reasonCode)))
}
