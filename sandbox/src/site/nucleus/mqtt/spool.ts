// sandbox/src/site/nucleus/mqtt/spool.ts: messages for the cloud that wait in memory, in the order in which they came.
import type { CloudMessage } from './message.ts'

export interface SpooledMessage {
  readonly id: number
  readonly message: CloudMessage
  retries: number
}

export interface Spool {
  /** @throws SpoolError when there is no room, not even after the oldest messages of QoS 0 are dropped */
  readonly add: (message: CloudMessage) => void
  /** Takes the first one out; its room is kept until it is put back or done with. */
  readonly take: () => SpooledMessage | undefined
  /** It could not be sent: it gets its place in the order back. */
  readonly putBack: (spooled: SpooledMessage) => void
  readonly done: (spooled: SpooledMessage) => void
  readonly dropQos0: () => void
  readonly isEmpty: boolean
}

export class SpoolError extends Error {
  override readonly name = 'SpoolerStoreException'
}

export function spool(maxBytes: () => number): Spool {
  let queue: SpooledMessage[] = []
  let bytes = 0
  let nextId = 0
  const sizeOf = ({ message }: SpooledMessage) => message.payload.length
  const done = (spooled: SpooledMessage) => void (bytes -= sizeOf(spooled))
  const dropQos0 = (isEnough: () => boolean) => {
    queue = queue.filter((spooled) => {
      if (isEnough() || spooled.message.qos === 1) return true
      done(spooled)
      return false
    })
  }
  return {
    add(message) {
      const size = message.payload.length
      if (size > maxBytes()) throw new SpoolError('Message is larger than the size of message spool.')
      dropQos0(() => bytes + size <= maxBytes())
      if (bytes + size > maxBytes()) throw new SpoolError('Message spool is full. Message could not be added.')
      bytes += size
      queue.push({ id: nextId++, message, retries: 0 })
    },
    take: () => queue.shift(),
    putBack(spooled) {
      const at = queue.findIndex(({ id }) => id > spooled.id)
      queue.splice(at === -1 ? queue.length : at, 0, spooled)
    },
    done,
    dropQos0: () => dropQos0(() => false),
    get isEmpty() {
      return queue.length === 0
    },
  }
}
