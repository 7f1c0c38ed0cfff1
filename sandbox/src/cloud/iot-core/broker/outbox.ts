// sandbox/src/cloud/iot-core/broker/outbox.ts: QoS 1 messages that must reach a session even if this process is killed.
import { keyOf, partsOf, prefixOf, type Store } from '../../store/store.ts'
import { fromStored, toStored, type Message, type StoredMessage } from './message.ts'

/** Messages by owner (a client id, or a shared subscription) and sequence number. */
export interface Outbox {
  add(owner: string, sequence: number, message: Message): void
  remove(owner: string, sequence: number): void
  /** In the order of their sequence numbers. */
  all(owner: string): readonly { readonly sequence: number; readonly message: Message }[]
  clear(owner: string): void
  /** Writes what was added and removed since: in one transaction, before the publisher gets its PUBACK. */
  readonly commit: () => void
}

/** Decimal digits of a sequence number in a key, so that keys sort by number. */
const DIGITS = 12

export function openOutbox(store: Store): Outbox {
  const table = store.table<StoredMessage>('mqtt_outbox')
  const changed = new Map<string, Message | undefined>()
  const key = (owner: string, sequence: number) => keyOf(owner, String(sequence).padStart(DIGITS, '0'))
  const commit = () => {
    if (changed.size === 0) return
    store.transaction(() => {
      for (const [at, message] of changed) {
        if (message) table.put(at, toStored(message))
        else table.delete(at)
      }
    })
    changed.clear()
  }
  return {
    add: (owner, sequence, message) => void changed.set(key(owner, sequence), message),
    remove: (owner, sequence) => void changed.set(key(owner, sequence), undefined),
    all(owner) {
      commit()
      return table.all(prefixOf(owner)).map(([at, stored]) => ({ sequence: Number(partsOf(at).at(-1)), message: fromStored(stored) }))
    },
    clear(owner) {
      commit()
      store.transaction(() => table.all(prefixOf(owner)).forEach(([at]) => table.delete(at)))
    },
    commit,
  }
}
