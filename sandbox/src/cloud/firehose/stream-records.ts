// sandbox/src/cloud/firehose/stream-records.ts: delivery streams as they are kept, and what they hold until it is delivered.
import type { ExtendedS3DestinationConfiguration } from '@aws-sdk/client-firehose'
import { AwsError } from '../aws-error.ts'
import { keyOf, prefixOf, type Store, type Table } from '../store/store.ts'

export interface StreamRecord {
  readonly name: string
  readonly version: number
  readonly destination: ExtendedS3DestinationConfiguration
  readonly tags: Readonly<Record<string, string>>
  /** What the owner expects, in MB a second; it limits nothing. */
  readonly throughputHintMBs?: number | undefined
  readonly createdAt: Date
  readonly changedAt: Date
}

/** One record that waits. `data` is base64. */
export interface WaitingRecord {
  readonly at: Date
  readonly data: string
}

export interface Streams {
  readonly table: Table<StreamRecord>
  /** @throws AwsError ResourceNotFoundException */
  named(name: string | undefined, accountId: string): StreamRecord
  /** In the order in which they came. */
  waiting(name: string): readonly (readonly [key: string, record: WaitingRecord])[]
  append(name: string, record: WaitingRecord): void
  forget(keys: readonly string[]): void
}

/** Keys of one stream sort as they came: the number is padded. */
const DIGITS = 15

export function streamsIn(store: Store): Streams {
  const table: Table<StreamRecord> = store.table('firehose_streams')
  const records: Table<WaitingRecord> = store.table('firehose_records')
  let next = Date.now() * 1000 // above whatever an earlier run has used
  return {
    table,
    named(name = '', accountId) {
      const found = table.get(name)
      if (found) return found
      throw new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${accountId} not found.`)
    },
    waiting: (name) => records.all(prefixOf(name)),
    append: (name, record) => records.put(keyOf(name, String(next++).padStart(DIGITS + 3, '0')), record),
    forget: (keys) => store.transaction(() => keys.forEach((key) => records.delete(key))),
  }
}
