// sandbox/src/cloud/iot-core/broker/retained-messages.ts: the last message of each topic that was published with the RETAIN flag.
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import type { BrokerLimits } from './limits.ts'
import { fromStored, hasExpired, toStored, type Message, type StoredMessage } from './message.ts'

export interface RetainedMessage {
  readonly message: Message
  readonly lastModified: Date
}

export interface RetainedMessages {
  /** Keeps it, or with an empty payload forgets what was kept. */
  keep(message: Message): void
  /** False when the account's quota of retained messages is used up. */
  hasRoomFor(message: Message): boolean
  get(topic: string): RetainedMessage | undefined
  page(options: { readonly after?: string; readonly limit: number }): { readonly items: readonly RetainedMessage[]; readonly next: string | undefined }
}

interface Kept {
  readonly message: StoredMessage
  readonly lastModified: Date
}

export function retainedMessages({ store, clock, limits }: { readonly store: Store; readonly clock: Clock; readonly limits: BrokerLimits }): RetainedMessages {
  const table = store.table<Kept>('mqtt_retained')
  let count = table.count()
  const forget = (topic: string) => {
    if (table.delete(topic)) count--
  }
  const restore = ({ message, lastModified }: Kept): RetainedMessage => ({ message: fromStored(message), lastModified })
  return {
    keep(message) {
      if (message.payload.length === 0) return forget(message.topic)
      if (!table.get(message.topic)) count++
      table.put(message.topic, { message: toStored(message), lastModified: clock.now() })
    },
    hasRoomFor: ({ topic, payload }) => payload.length === 0 || count < limits.retainedMessages || table.get(topic) !== undefined,
    get(topic) {
      const kept = table.get(topic)
      if (!kept) return undefined
      const retained = restore(kept)
      if (!hasExpired(retained.message, clock.now().getTime())) return retained
      forget(topic)
      return undefined
    },
    page(options) {
      const { items, next } = table.page(options)
      return { items: items.map(([, kept]) => restore(kept)), next }
    },
  }
}
