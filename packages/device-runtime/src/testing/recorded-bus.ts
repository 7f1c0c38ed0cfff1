// packages/device-runtime/src/testing/recorded-bus.ts: both buses in memory, for tests of components: what was sent, and messages to receive.
import type { CloudBus, CloudMessage, Delivery, LocalBus, LocalMessage, Subscribed } from '../bus/bus.ts'
import { queue, type Queue } from '../queue.ts'

export interface RecordedLocalBus extends LocalBus {
  readonly sent: readonly { readonly topic: string; readonly message: object }[]
  /** Topics that were ever subscribed to. */
  readonly topics: ReadonlySet<string>
  /** Another component says this. */
  receive(topic: string, message: unknown): void
  /** The nucleus restarts: what is said meanwhile is missed, then the subscriptions stand again. */
  restart(meanwhile?: () => Promise<void>): Promise<void>
}

export function recordedLocalBus(): RecordedLocalBus {
  const sent: { topic: string; message: object }[] = []
  const hub = subscriptions<LocalMessage>()
  let down = false
  return {
    sent,
    topics: hub.topics,
    async publish(topic, message) {
      if (down) throw new Error('the nucleus is out of reach')
      sent.push({ topic, message })
    },
    subscribe: (topic, signal) => hub.subscribe([topic], signal),
    receive: (topic, message) => hub.tell(topic, { kind: 'message', message: structuredClone(message) }),
    async restart(meanwhile = async () => {}) {
      down = true
      await hub.interrupted(meanwhile)
      down = false
      hub.resubscribed()
    },
  }
}

export interface Sent {
  readonly topic: string
  readonly message: object
  readonly delivery: Delivery
}

export interface RecordedCloudBus extends CloudBus {
  /** What the nucleus has taken, in order. */
  readonly sent: readonly Sent[]
  /** Topics that were ever subscribed to. */
  readonly topics: ReadonlySet<string>
  /** Whether the cloud can be reached. Meanwhile the nucleus refuses what is to be delivered now, and keeps the rest. */
  setOnline(online: boolean): void
  /** The nucleus restarts: a new session, what it kept is lost, the subscriptions stand again. */
  restart(): void
  /** The cloud says this. */
  receive(topic: string, message: object): void
  /** Calls the listener with each message that has reached the cloud. */
  onArrival(listener: (sent: Sent) => void): void
}

export function recordedCloudBus(): RecordedCloudBus {
  const sent: Sent[] = []
  const listeners: ((sent: Sent) => void)[] = []
  const hub = subscriptions<CloudMessage>()
  let online = true
  let kept: Sent[] = []
  let session = 1
  const arrive = (message: Sent) => listeners.forEach((listener) => listener(message))
  return {
    sent,
    topics: hub.topics,
    get session() {
      return session
    },
    async publish(topic, message, delivery) {
      if (!online && delivery === 'now') throw new Error('ServiceError: the device is offline')
      const taken = { topic, message: structuredClone(message), delivery }
      sent.push(taken)
      if (online) arrive(taken)
      else kept.push(taken)
    },
    subscribe: (topics, signal) => hub.subscribe(topics, signal),
    setOnline(now) {
      online = now
      if (now) kept.splice(0).forEach(arrive)
    },
    restart() {
      kept = []
      session += 1
      hub.resubscribed()
    },
    receive: (topic, message) => online && hub.tell(topic, { kind: 'message', topic, payload: Buffer.from(JSON.stringify(message)) }),
    onArrival: (listener) => void listeners.push(listener),
  }
}

/** Who listens to which topics. */
function subscriptions<Message>() {
  const all = new Set<{ topics: readonly string[]; arriving: Queue<Message | Subscribed> }>()
  const known = new Set<string>()
  let interrupted = false
  return {
    topics: known,
    async *subscribe(topics: readonly string[], signal: AbortSignal): AsyncGenerator<Message | Subscribed> {
      for (const topic of topics) known.add(topic)
      const own = { topics, arriving: queue<Message | Subscribed>() }
      all.add(own)
      if (!interrupted) own.arriving.push({ kind: 'subscribed' })
      try {
        yield* own.arriving.until(signal)
      } finally {
        all.delete(own)
      }
    },
    tell(topic: string, message: Message) {
      if (interrupted) return
      for (const { topics, arriving } of all) if (topics.some((filter) => matches(filter, topic))) arriving.push(message)
    },
    async interrupted(meanwhile: () => Promise<void>) {
      interrupted = true
      await meanwhile()
      interrupted = false
    },
    resubscribed() {
      for (const { arriving } of all) arriving.push({ kind: 'subscribed' })
    },
  }
}

/** `+` stands for any one level. */
function matches(filter: string, topic: string): boolean {
  const [wanted, levels] = [filter.split('/'), topic.split('/')]
  return wanted.length === levels.length && wanted.every((level, index) => level === '+' || level === levels[index])
}
