// sandbox/src/site/nucleus/mqtt/mqtt-client.ts: the nucleus's way to the cloud: subscriptions over as many connections as they need, publishes through the spool.
import type { Log } from '@fleet/log'
import type { PiNetwork } from '../../network.ts'
import type { DeviceConfiguration } from '../config/device-configuration.ts'
import type { Timings } from '../timing.ts'
import { openCloudSession } from './cloud-session.ts'
import { openConnection, type CloudConnection } from './connection.ts'
import { MqttRequestError, type CloudMessage } from './message.ts'
import { reconnectDelay } from './reconnect-delay.ts'
import { spool, SpoolError } from './spool.ts'
import { startSpooler } from './spooler.ts'
import { checkTopic, covers } from './topic-filter.ts'

export type { CloudMessage } from './message.ts'

export interface CloudSubscription {
  readonly filter: string
  readonly qos: 0 | 1
  readonly onMessage: (message: CloudMessage) => void
}

export interface ConnectionListener {
  /** It stands, for the first time or again. */
  readonly onConnected?: () => void
  readonly onInterrupted: () => void
  /** It stands again; not told of the first connection. */
  readonly onResumed: (sessionPresent: boolean) => void
}

export interface MqttClient {
  readonly isOnline: boolean
  /** Resolves when the cloud has it, or has one that covers it. @throws MqttRefusal, MqttRequestError */
  readonly subscribe: (subscription: CloudSubscription) => Promise<void>
  readonly unsubscribe: (subscription: CloudSubscription) => Promise<void>
  /** Takes the message into the spool. @throws MqttRequestError, SpoolError */
  readonly publish: (message: Pick<CloudMessage, 'topic' | 'payload' | 'qos'> & Partial<CloudMessage>) => void
  readonly listen: (listener: ConnectionListener) => void
  /** Connects anew by the configuration of now, until all connections stand. */
  readonly reconnect: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface MqttClientOptions {
  readonly device: DeviceConfiguration
  readonly network: PiNetwork
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
}

const MOST_SUBSCRIPTIONS = 50 // of one connection, by AWS IoT

export function openMqttClient(options: MqttClientOptions): MqttClient {
  const { device, log, signal } = options
  const connections: CloudConnection[] = []
  const subscriptions = new Map<CloudSubscription, CloudConnection>()
  const filters = new Map<string, CloudConnection>() // what the cloud has
  const listeners = new Set<ConnectionListener>()
  let isOnline = false
  let hasToldConnected = false
  const waiting = spool(() => device.mqtt().spoolMaxBytes)

  function connection(number: number): CloudConnection {
    const clientId = number === 0 ? device.thingName() : `${device.thingName()}#${number + 1}`
    const delay = reconnectDelay(() => device.mqtt().reconnectDelaySeconds, () => device.mqtt().connectedBeforeResetSeconds)
    const own: CloudConnection = openConnection({
      ...{ clientId, log, delay, signal, timings: options.timings },
      open: (clean) => openCloudSession(options, { clientId, clean, onMessage: (message) => deliver(own, message) }),
      onConnected(isFirst, sessionPresent) {
        isOnline = true
        spooler.wake()
        for (const listener of listeners) listener.onConnected?.()
        if (!hasToldConnected && !isFirst) for (const listener of listeners) listener.onResumed(sessionPresent)
        hasToldConnected = true
      },
      onInterrupted() {
        if (!hasToldConnected) return
        hasToldConnected = false
        isOnline = false
        if (!device.mqtt().keepQos0WhenOffline) waiting.dropQos0()
        for (const listener of listeners) listener.onInterrupted()
      },
    })
    return own
  }
  function withRoom(): CloudConnection {
    const free = connections.find((each) => each.subscriptionCount < MOST_SUBSCRIPTIONS)
    if (free !== undefined) return free
    const next = connection(connections.length)
    connections.push(next)
    return next
  }
  /** Each message goes to the subscriptions of the connection that brought it; jobs answers may come on another one. */
  function deliver(from: CloudConnection, message: CloudMessage): void {
    const matching = [...subscriptions].filter(([{ filter }]) => covers(filter, message.topic))
    const own = matching.filter(([, on]) => on === from)
    if (matching.length === 0) log.error('Somehow got message from topic that no one subscribed to', { topic: message.topic })
    for (const [subscription] of own.length > 0 ? own : matching) {
      try {
        subscription.onMessage(message)
      } catch (error) {
        log.error('Unhandled error in MQTT message callback', { topic: message.topic, error })
      }
    }
  }
  const assertConfigured = (what: string) => {
    if (device.missing().length > 0) throw new MqttRequestError(what)
  }
  const spooler = startSpooler({ device, log, signal, waiting, isOnline: () => isOnline, connections: () => (connections.length > 0 ? connections : [withRoom()]) })
  return {
    get isOnline() {
      return isOnline
    },
    async subscribe(subscription) {
      assertConfigured('Device is not configured to connect to AWS')
      checkTopic(subscription.filter, device.mqtt().version, 'subscribe')
      const covering = [...filters].find(([filter]) => covers(filter, subscription.filter))?.[1]
      const on = covering ?? withRoom()
      subscriptions.set(subscription, on)
      if (covering !== undefined) return
      try {
        await on.subscribe(subscription.filter, subscription.qos)
        if (subscriptions.has(subscription)) filters.set(subscription.filter, on)
        else await on.unsubscribe(subscription.filter) // given up meanwhile
      } catch (error) {
        subscriptions.delete(subscription)
        throw error
      }
    },
    async unsubscribe(subscription) {
      subscriptions.delete(subscription)
      const dead = [...filters].filter(([filter]) => ![...subscriptions.keys()].some((other) => covers(filter, other.filter)))
      await Promise.all(
        dead.map(async ([filter, on]) => {
          filters.delete(filter)
          await on.unsubscribe(filter)
        }),
      )
    },
    publish(message) {
      assertConfigured('Cannot publish because device is configured to run offline')
      const { maxMessageSizeBytes, version, keepQos0WhenOffline } = device.mqtt()
      const size = message.payload.length
      if (size > maxMessageSizeBytes) throw new MqttRequestError(`The publishing message size ${size} bytes exceeds the configured limit of ${maxMessageSizeBytes} bytes`)
      checkTopic(message.topic, version, 'publish')
      if (!isOnline && message.qos === 0 && !keepQos0WhenOffline) throw new SpoolError('Device is offline. Dropping QoS 0 message.')
      waiting.add({ retain: false, properties: {}, ...message })
      spooler.wake()
    },
    listen: (listener) => void listeners.add(listener),
    async reconnect() {
      await Promise.allSettled(connections.map((each) => each.reconnect()))
    },
    async close() {
      await Promise.all(connections.map((each) => each.close()))
    },
  }
}
