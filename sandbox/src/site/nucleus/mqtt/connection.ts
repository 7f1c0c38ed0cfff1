// sandbox/src/site/nucleus/mqtt/connection.ts: one client id's connection to the cloud, made again whenever it is lost, with its subscriptions.
import type { Log } from '@fleet/log'
import { aborted, jittered, pause, type Timings } from '../timing.ts'
import { MqttRefusal, type CloudMessage } from './message.ts'
import { publishPace, type Pace } from './pace.ts'
import type { ReconnectDelay } from './reconnect-delay.ts'
import type { MqttSession } from './session.ts'

export interface CloudConnection {
  readonly clientId: string
  readonly isConnected: boolean
  /** Those that stand and those under way. */
  readonly subscriptionCount: number
  readonly pace: Pace
  /** Resolves when it is connected, at once if it is. */
  readonly whenConnected: () => Promise<void>
  readonly subscribe: (filter: string, qos: 0 | 1) => Promise<void>
  readonly unsubscribe: (filter: string) => Promise<void>
  readonly publish: (message: CloudMessage) => Promise<void>
  /** Makes a new connection with the configuration of now, after what is under way. */
  readonly reconnect: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface ConnectionOptions {
  readonly clientId: string
  readonly log: Log
  readonly timings: Timings
  readonly delay: ReconnectDelay
  readonly signal: AbortSignal
  /** @param clean true before the first connection of this process, which takes no earlier session */
  readonly open: (clean: boolean) => Promise<MqttSession>
  readonly onConnected: (isFirst: boolean, sessionPresent: boolean) => void
  readonly onInterrupted: () => void
}

export function openConnection(options: ConnectionOptions): CloudConnection {
  const { clientId, delay, timings } = options
  const log = options.log.with({ clientId })
  const own = new AbortController()
  const signal = AbortSignal.any([options.signal, own.signal])
  const subscriptions = new Map<string, 0 | 1>()
  const underWay = new Set<Promise<unknown>>()
  let session: MqttSession | undefined
  let hasConnected = false
  let isEndingOnPurpose = false
  let connected = deferred()
  let nextConnection = deferred()
  const over = aborted(signal).then(() => signal.reason as Error) // what abort() was given: an Error throughout

  async function run(): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      try {
        session = await options.open(!hasConnected)
      } catch (error) {
        if (!signal.aborted) log.error('Failed to connect to AWS IoT Core', { error })
        await pause(delay.nextMs(), signal)
        continue
      }
      await stand(session)
      if (!isEndingOnPurpose) await pause(delay.nextMs(), signal)
      isEndingOnPurpose = false
    }
  }
  function gone(): void {
    if (session === undefined) return
    session = undefined
    connected = deferred()
  }
  async function stand(standing: MqttSession): Promise<void> {
    const since = performance.now()
    const { sessionPresent } = standing
    log.info(hasConnected ? 'Connection resumed' : 'Successfully connected to AWS IoT Core', { sessionPresent })
    const isFirst = !hasConnected
    hasConnected = true
    options.onConnected(isFirst, sessionPresent)
    connected.resolve()
    nextConnection.resolve()
    nextConnection = deferred()
    if (!sessionPresent && subscriptions.size > 0) void resubscribe(standing)
    const why = await Promise.race([standing.lost, over])
    if (signal.aborted) await standing.end()
    gone()
    delay.connectedFor(performance.now() - since)
    if (isEndingOnPurpose || signal.aborted) return log.info('Connection purposefully interrupted')
    log.warn('Connection interrupted', { error: why })
    options.onInterrupted()
  }
  /** A lost session has lost its subscriptions. */
  async function resubscribe(standing: MqttSession): Promise<void> {
    const dropped = new Map(subscriptions)
    for (let waitMs = 0; dropped.size > 0 && session === standing; waitMs = timings.subscriptionRetry + jittered(timings.subscriptionRetry / 12)) {
      await pause(waitMs, signal).catch(() => dropped.clear())
      for (const [filter, qos] of dropped) {
        await standing.subscribe(filter, qos).then(
          () => dropped.delete(filter),
          (error: unknown) => log.error('Failed to subscribe to topic. Will retry later', { topic: filter, error }),
        )
      }
    }
  }
  async function track<T>(work: (standing: MqttSession) => Promise<T>): Promise<T> {
    while (session === undefined) await connected.promise // which may be gone again by now
    const promise = work(session)
    underWay.add(promise)
    try {
      return await promise
    } finally {
      underWay.delete(promise)
    }
  }
  const running = run().catch((error: unknown) => {
    connected.reject(new Error('the connection is closed'))
    nextConnection.reject(new Error('the connection is closed'))
    if (!signal.aborted) throw error
  })
  const pace = publishPace()
  return {
    clientId,
    pace,
    get isConnected() {
      return session !== undefined
    },
    get subscriptionCount() {
      return subscriptions.size
    },
    whenConnected: () => connected.promise,
    async subscribe(filter, qos) {
      subscriptions.set(filter, qos)
      try {
        await track((standing) => standing.subscribe(filter, qos))
      } catch (error) {
        subscriptions.delete(filter)
        log.error('Error subscribing to topic', { topic: filter, error, ...(error instanceof MqttRefusal && { reasonCode: error.reasonCode }) })
        throw error
      }
    },
    async unsubscribe(filter) {
      subscriptions.delete(filter)
      await track((standing) => standing.unsubscribe(filter))
    },
    publish(message) {
      pace.take(message.payload.length)
      return track((standing) => standing.publish(message))
    },
    async reconnect() {
      log.info('Reconnecting MQTT client most likely due to device configuration change')
      await Promise.allSettled(underWay)
      const { promise } = nextConnection
      const ending = session
      isEndingOnPurpose = ending !== undefined
      gone() // what is asked for from now on waits for the next one
      await ending?.end()
      await promise
    },
    async close() {
      own.abort(new Error('the connection is closed'))
      await running
    },
  }
}

function deferred(): { readonly promise: Promise<void>; resolve(): void; reject(error: Error): void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => {}) // nobody may be waiting
  return { promise, resolve, reject }
}
