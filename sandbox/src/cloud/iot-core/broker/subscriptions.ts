// sandbox/src/cloud/iot-core/broker/subscriptions.ts: who has subscribed to what, and the fan-out of a message to them.
import { NO_CLIENT, type Message } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { Session } from './session.ts'
import { sharedSubscription, type SharedSubscription } from './sharing.ts'
import { topicTree } from './topic-tree.ts'
import { sharedFilter } from './topics.ts'

/** One filter of a SUBSCRIBE, as it was granted. */
export interface Subscription {
  readonly filter: string
  readonly qos: 0 | 1
  /** MQTT 5 subscription options (3.8.3.1). */
  readonly noLocal?: boolean
  readonly retainAsPublished?: boolean
}

export interface Subscriptions {
  /** @returns whether the session had not subscribed to this filter before. */
  add(session: Session, subscription: Subscription): boolean
  /** @returns whether it had subscribed to it. */
  remove(session: Session, filter: string): boolean
  removeAll(session: Session): void
  of(session: Session): readonly Subscription[]
  /** The highest QoS among the session's filters that match this topic. */
  qosFor(session: Session, topic: string): 0 | 1 | undefined
  fanOut(message: Message): void
  /** Messages that waited for a member of a shared subscription go to this session. */
  cameOnline(session: Session): void
}

/** What hangs in the tree: one client's subscription, or a group's. */
type Receiver = { readonly session: Session; readonly subscription: Subscription } | SharedSubscription

interface Held {
  readonly subscription: Subscription
  readonly receiver: Receiver
}

export function openSubscriptions(outbox: Outbox): Subscriptions {
  const tree = topicTree<Receiver>()
  const held = new Map<Session, Map<string, Held>>()
  const groups = new Map<string, SharedSubscription>()

  const groupOf = (filter: string, inner: string) => {
    let group = groups.get(filter)
    if (!group) {
      groups.set(filter, (group = sharedSubscription(filter, outbox)))
      tree.add(inner, group)
    }
    return group
  }
  const register = (session: Session, subscription: Subscription): Receiver => {
    const shared = sharedFilter(subscription.filter)
    if (shared) {
      const group = groupOf(subscription.filter, shared.filter)
      group.join(session, subscription.qos)
      return group
    }
    const receiver = { session, subscription }
    tree.add(subscription.filter, receiver)
    return receiver
  }
  const unregister = (session: Session, filter: string, receiver: Receiver) => {
    if ('session' in receiver) return tree.remove(filter, receiver)
    receiver.leave(session)
    if (receiver.members.size > 0) return
    groups.delete(filter)
    tree.remove(sharedFilter(filter)?.filter ?? filter, receiver)
  }
  const remove = (session: Session, filter: string) => {
    const entry = held.get(session)?.get(filter)
    if (!entry) return false
    unregister(session, filter, entry.receiver)
    held.get(session)?.delete(filter)
    return true
  }
  return {
    add(session, subscription) {
      const isNew = !remove(session, subscription.filter)
      const entries = held.get(session) ?? new Map<string, Held>()
      held.set(session, entries.set(subscription.filter, { subscription, receiver: register(session, subscription) }))
      return isNew
    },
    remove,
    removeAll(session) {
      for (const filter of [...(held.get(session)?.keys() ?? [])]) remove(session, filter)
      held.delete(session)
    },
    of: (session) => [...(held.get(session)?.values() ?? [])].map(({ subscription }) => subscription),
    qosFor(session, topic) {
      const own = tree.match(topic).flatMap((receiver) => ('session' in receiver && receiver.session === session ? [receiver.subscription.qos] : []))
      return own.length === 0 ? undefined : own.includes(1) ? 1 : 0
    },
    fanOut: (message) => fanOut(tree.match(message.topic), message),
    cameOnline(session) {
      for (const { receiver } of held.get(session)?.values() ?? []) if (!('session' in receiver)) receiver.flush()
    },
  }
}

/** A session whose filters overlap gets one copy, at the highest QoS among them (MQTT 3.1.1, 3.3.5). */
function fanOut(receivers: readonly Receiver[], message: Message): void {
  if (receivers.length > 1 && receivers.some((receiver) => 'session' in receiver)) return fanOutOnce(receivers, message)
  for (const receiver of receivers) deliverTo(receiver, message)
}

function fanOutOnce(receivers: readonly Receiver[], message: Message): void {
  const best = new Map<Session | SharedSubscription, Receiver>()
  for (const receiver of receivers) {
    const who = 'session' in receiver ? receiver.session : receiver
    const known = best.get(who)
    if (!known || ('session' in known && 'session' in receiver && known.subscription.qos < receiver.subscription.qos)) best.set(who, receiver)
  }
  for (const receiver of best.values()) deliverTo(receiver, message)
}

function deliverTo(receiver: Receiver, message: Message): void {
  if (!('session' in receiver)) return receiver.deliver(message)
  const { session, subscription } = receiver
  if (subscription.noLocal && message.clientId === session.clientId && message.clientId !== NO_CLIENT) return
  session.deliver(message, { qos: message.qos === 1 ? subscription.qos : 0, retain: message.retain && subscription.retainAsPublished === true })
}
