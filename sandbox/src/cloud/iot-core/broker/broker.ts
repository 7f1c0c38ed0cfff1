// sandbox/src/cloud/iot-core/broker/broker.ts: the message broker of AWS IoT Core: MQTT 3.1.1 and 5 with AWS's policies, limits and differences.
import type { Duplex } from 'node:stream'
import { AwsError } from '../../aws-error.ts'
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { DeviceMessage, DeviceRegistry, MessageBus } from '../../ports.ts'
import type { Store } from '../../store/store.ts'
import type { IotLog } from '../iot-log.ts'
import type { ClientIdentity } from '../policy/identity.ts'
import { presence } from '../presence/presence.ts'
import type { Client, Source } from './client.ts'
import { serve } from './connection.ts'
import type { Core, Origin } from './core.ts'
import { AWS_LIMITS, AWS_RATES, type BrokerLimits } from './limits.ts'
import { NO_CLIENT, type Message } from './message.ts'
import { openOutbox } from './outbox.ts'
import { faultOfMessage } from './publishing.ts'
import { connectMeter } from './rate-meter.ts'
import { CODE, type Refusal } from './reason-codes.ts'
import { reservedTopics } from './reserved-topics.ts'
import { retainedMessages, type RetainedMessages } from './retained-messages.ts'
import { openSessions, type Sessions } from './sessions.ts'
import { openSubscriptions, type Subscription } from './subscriptions.ts'
import { isReserved } from './topics.ts'

export interface BrokerOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly registry: DeviceRegistry
  readonly log: CloudLog
  readonly iotLog: IotLog
  /** Hold connections to AWS's rates. */
  readonly quotas?: boolean
  /** Milliseconds that pass steadily, whatever the clock says: the rates of a second. */
  readonly nowMs?: () => number
  readonly limits?: BrokerLimits
}

export interface Broker extends MessageBus {
  /** Speaks MQTT over a stream whose other end is known: TLS with a client certificate, or a signed WebSocket. */
  serve(connection: { readonly stream: Duplex; readonly identity: ClientIdentity; readonly source: Source }): void
  /** Publishes for somebody who is not connected (HTTP, a topic rule): reserved topics reach their services. @throws AwsError InvalidRequestException, RequestEntityTooLargeException */
  publishFor(message: Omit<Message, 'clientId'>, origin: { readonly principal: string; readonly clientId?: string }): void
  client(clientId: string): Client | undefined
  subscriptionsOf(clientId: string): readonly Subscription[] | undefined
  /** Ends a connection on behalf of an operator. @returns whether there was one, or a session */
  disconnect(clientId: string, options: { readonly cleanSession: boolean; readonly preventWillMessage: boolean }): boolean
  lastDisconnection(clientId: string): { readonly at: Date; readonly reason: string } | undefined
  readonly sessions: Sessions
  readonly retained: RetainedMessages
  close(): void
}

const SWEEP_MS = 30_000

export function openBroker(options: BrokerOptions): Broker {
  const listeners: ((message: DeviceMessage) => void)[] = []
  const core = newCore(options, (message) => listeners.forEach((listener) => listener(message)))
  const { clients, sessions, subscriptions, retained, outbox, reserved } = core
  const sweeping = setInterval(sessions.sweep, SWEEP_MS).unref()

  const disconnectCertificate = (certificateId: string, reason: string) => {
    for (const client of [...clients.values()].filter(({ identity }) => identity.certificateId === certificateId)) {
      options.log.info('connection closed', { clientId: client.clientId, certificateId, reason })
      client.end({ reason: 'AUTH_ERROR', code: CODE.notAuthorized })
    }
  }
  options.registry.onChange(({ certificateId, status }) => {
    if (status !== 'ACTIVE') return disconnectCertificate(certificateId, `the certificate is ${status}`)
    for (const { identity, authority } of clients.values()) if (identity.certificateId === certificateId) authority.forget()
  })
  return {
    serve: (connection) => serve(core, connection),
    async publish({ topic, payload, qos = 0, retain = false }) {
      core.route({ topic, payload: Buffer.from(payload), qos, retain, clientId: NO_CLIENT }, SERVICE)
      outbox.commit()
    },
    publishFor(message, { principal, clientId = NO_CLIENT }) {
      const complete = { ...message, clientId }
      const refusal = faultOfMessage(core, complete)
      if (refusal) throw awsError(refusal)
      core.route(complete, { principal, reply: NOBODY_HEARS })
      outbox.commit()
    },
    reserve: (filter, handler, { alsoDeliver = false } = {}) => reserved.take(filter, handler, { alsoDeliver }),
    listen: (listener) => void listeners.push(listener),
    disconnectCertificate,
    isConnected: (clientId) => clients.has(clientId),
    client: (clientId) => clients.get(clientId),
    subscriptionsOf(clientId) {
      const session = sessions.find(clientId)
      return session && subscriptions.of(session)
    },
    disconnect(clientId, { cleanSession, preventWillMessage }) {
      const client = clients.get(clientId)
      client?.end({ reason: 'API_INITIATED_DISCONNECT', code: CODE.administrativeAction, withoutWill: preventWillMessage })
      const session = sessions.find(clientId)
      if (session && cleanSession) sessions.end(session)
      return client !== undefined || session !== undefined
    },
    lastDisconnection: core.presence.lastDisconnection,
    sessions,
    retained,
    close() {
      clearInterval(sweeping)
      for (const client of [...clients.values()]) client.end({ reason: 'SERVER_INITIATED_DISCONNECT', code: CODE.serverShuttingDown, withoutWill: true })
    },
  }
}

const NOBODY_HEARS = async () => undefined
const SERVICE: Origin = { principal: '', reply: NOBODY_HEARS }

function newCore(options: BrokerOptions, hear: (message: DeviceMessage) => void): Core {
  const { account, store, clock, log, iotLog, limits = AWS_LIMITS, quotas = false, nowMs } = options
  const outbox = openOutbox(store)
  const subscriptions = openSubscriptions(outbox)
  const reserved = reservedTopics(log)
  const retained = retainedMessages({ store, clock, limits })
  const route = (message: Message, { principal, reply }: Origin) => {
    const heard: DeviceMessage = { topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain, clientId: message.clientId, principal }
    const asksService = principal !== '' && isReserved(message.topic)
    if (asksService && !reserved.alsoDelivers(message.topic)) return reserved.dispatch(heard, reply)
    if (message.retain) retained.keep(message)
    subscriptions.fanOut(message)
    hear(heard)
    if (asksService) reserved.dispatch(heard, reply)
  }
  const core: Core = {
    account,
    clock,
    log,
    iotLog,
    limits,
    rates: quotas ? AWS_RATES : undefined,
    mayConnect: quotas ? connectMeter(AWS_RATES, nowMs) : () => true,
    outbox,
    subscriptions,
    sessions: openSessions({ store, clock, limits, outbox, subscriptions }),
    retained,
    reserved,
    presence: presence({ store, clock, publish: (topic, payload) => core.route({ topic, payload: Buffer.from(payload), qos: 0, retain: false, clientId: NO_CLIENT }, SERVICE) }),
    clients: new Map(),
    route,
  }
  return core
}

const awsError = ({ code, details }: Refusal) =>
  code === CODE.packetTooLarge ? new AwsError('RequestEntityTooLargeException', details) : code === CODE.quotaExceeded ? new AwsError('ThrottlingException', details) : new AwsError('InvalidRequestException', details)
