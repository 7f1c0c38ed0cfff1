// sandbox/src/cloud/iot-core/broker/session.ts: what the broker keeps for one client id: messages under way to it, sent in order and until acknowledged.
import type { BrokerLimits } from './limits.ts'
import { hasExpired, type Message } from './message.ts'
import type { Outbox } from './outbox.ts'

/** A connection, as its session uses it. */
export interface Link {
  /** QoS 1 messages that may be unacknowledged (the client's Receive Maximum, at most the broker's). */
  readonly window: number
  /** Whether the client's policy lets it receive on this topic now (`iot:Receive`). */
  mayReceive(topic: string): boolean
  publish(message: Message, delivery: Delivery & { readonly messageId?: number }): void
}

export interface Delivery {
  readonly qos: 0 | 1
  /** Set for a retained message that a new subscription brings. */
  readonly retain: boolean
}

export interface Session {
  readonly clientId: string
  /** Outlives its connection, and this process. */
  persistent: boolean
  /** Seconds that it is kept without a connection. */
  expirySeconds: number
  readonly online: boolean
  attach(link: Link): void
  detach(): void
  deliver(message: Message, delivery: Delivery): void
  /** A PUBACK came. */
  acknowledge(messageId: number): void
}

interface Outgoing extends Delivery {
  readonly sequence: number
  readonly message: Message
}

export interface SessionOptions {
  readonly clientId: string
  readonly outbox: Outbox
  readonly limits: BrokerLimits
  readonly nowMs: () => number
  readonly persistent: boolean
  readonly expirySeconds: number
}

export function newSession({ clientId, outbox, limits, nowMs, persistent, expirySeconds }: SessionOptions): Session {
  const inFlight = new Map<number, Outgoing>()
  let waiting: Outgoing[] = []
  let link: Link | undefined
  let sequence = persistent ? (outbox.all(clientId).at(-1)?.sequence ?? 0) : 0
  let lastMessageId = 0

  const forget = (outgoing: Outgoing) => {
    if (session.persistent) outbox.remove(clientId, outgoing.sequence)
  }
  const freeMessageId = () => {
    do lastMessageId = (lastMessageId % 0xffff) + 1
    while (inFlight.has(lastMessageId))
    return lastMessageId
  }
  const send = (outgoing: Outgoing, to: Link) => {
    if (hasExpired(outgoing.message, nowMs()) || !to.mayReceive(outgoing.message.topic)) return forget(outgoing)
    const messageId = freeMessageId()
    inFlight.set(messageId, outgoing)
    to.publish(outgoing.message, { qos: 1, retain: outgoing.retain, messageId })
  }
  const pump = () => {
    while (link && inFlight.size < link.window) {
      const next = waiting.shift()
      if (!next) return
      send(next, link)
    }
  }

  const session: Session = {
    clientId,
    persistent,
    expirySeconds,
    get online() {
      return link !== undefined
    },
    attach(to) {
      link = to
      waiting = session.persistent ? outbox.all(clientId).map(({ sequence, message }) => ({ sequence, message, qos: 1 as const, retain: false })) : []
      sequence = Math.max(sequence, waiting.at(-1)?.sequence ?? 0)
      pump()
    },
    detach() {
      link = undefined
      waiting = []
      inFlight.clear()
    },
    deliver(message, { qos, retain }) {
      if (qos === 0) {
        if (link?.mayReceive(message.topic)) link.publish(message, { qos, retain })
        return
      }
      if (!session.persistent && (!link || waiting.length >= limits.waitingForCleanSession)) return
      const outgoing: Outgoing = { sequence: ++sequence, message, qos, retain }
      if (session.persistent) outbox.add(clientId, outgoing.sequence, message)
      if (!link) return
      waiting.push(outgoing)
      pump()
    },
    acknowledge(messageId) {
      const outgoing = inFlight.get(messageId)
      if (!outgoing) return
      inFlight.delete(messageId)
      forget(outgoing)
      pump()
    },
  }
  return session
}
