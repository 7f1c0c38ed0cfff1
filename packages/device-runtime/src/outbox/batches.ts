// packages/device-runtime/src/outbox/batches.ts: puts events into messages that stay under what AWS IoT meters as one, oldest first.
import { MOST_BATCH_BYTES } from '@fleet/contract/telemetry'

/** What every event tells: when it happened, by the device's clock. */
export interface Timed {
  readonly at: string
}

export interface BatchEntry {
  readonly sequence: number
  readonly entry: Timed
}

/** The envelope of contract/telemetry.ts. */
export interface Batch {
  readonly firstAt: string
  readonly firstSequence: number
  readonly lastSequence: number
  readonly sentAt: string
  readonly lost: number
  readonly entries: readonly Timed[]
}

export interface Batches {
  readonly batches: readonly Batch[]
  /** Numbers of entries that no message can carry (AWS IoT takes 128 KiB): sent, they would be refused for ever, and everything after them with them. */
  readonly tooLarge: readonly number[]
}

const MOST_ENTRY_BYTES = 100 * 1024
/** `{"firstAt":…,"entries":[]}` with its longest numbers. */
const ENVELOPE_BYTES = 240

export function batchesOf(entries: readonly BatchEntry[], { sentAt, lost }: { readonly sentAt: string; readonly lost: number }): Batches {
  const sized = entries.map((each) => ({ ...each, bytes: Buffer.byteLength(JSON.stringify(each.entry)) + 1 }))
  const groups: (typeof sized)[] = []
  let room = 0
  for (const each of sized.filter(({ bytes }) => bytes <= MOST_ENTRY_BYTES)) {
    if (each.bytes > room) {
      groups.push([])
      room = MOST_BATCH_BYTES - ENVELOPE_BYTES
    }
    groups.at(-1)?.push(each)
    room -= each.bytes
  }
  const batches = groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)]
    return first && last ? [{ firstAt: first.entry.at, firstSequence: first.sequence, lastSequence: last.sequence, sentAt, lost, entries: group.map(({ entry }) => entry) }] : []
  })
  return { batches, tooLarge: sized.filter(({ bytes }) => bytes > MOST_ENTRY_BYTES).map(({ sequence }) => sequence) }
}
