// sandbox/src/cloud/iot-core/broker/sharing.ts: a shared subscription: each message goes to one member of the group, by chance.
import type { Message } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { Session } from './session.ts'

/** AWS IoT guide, «Shared subscriptions»: online members first; QoS 1 messages wait when none is online and one has a persistent session. */
export interface SharedSubscription {
  readonly members: ReadonlyMap<Session, 0 | 1>
  join(member: Session, qos: 0 | 1): void
  leave(member: Session): void
  deliver(message: Message): void
  /** Hands what waited to a member that came online. */
  flush(): void
}

export function sharedSubscription(filter: string, outbox: Outbox, random: () => number = Math.random): SharedSubscription {
  const members = new Map<Session, 0 | 1>()
  let sequence = outbox.all(filter).at(-1)?.sequence ?? 0
  const pick = () => {
    const online = [...members].filter(([member]) => member.online)
    return online[Math.floor(random() * online.length)]
  }
  const deliver = (message: Message) => {
    const chosen = pick()
    if (chosen) chosen[0].deliver(message, { qos: message.qos === 1 ? chosen[1] : 0, retain: false })
    else if (message.qos === 1 && [...members.keys()].some(({ persistent }) => persistent)) outbox.add(filter, ++sequence, message)
  }
  return {
    members,
    join: (member, qos) => void members.set(member, qos),
    leave(member) {
      members.delete(member)
      if (members.size === 0) outbox.clear(filter)
    },
    deliver,
    flush() {
      for (const { sequence: waited, message } of outbox.all(filter)) {
        outbox.remove(filter, waited)
        deliver(message)
      }
    },
  }
}
