// sandbox/src/cloud/dynamodb/expiry.ts: deletes items whose time has come, some time later, as DynamoDB does.
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { Table } from '../store/store.ts'
import type { Engine } from './engine.ts'
import type { TableSettings } from './table-settings.ts'

/** AWS says «within a few days»; whoever reads must expect expired items (DynamoDB guide, «Working with expired items»). */
const SWEEP_MS = 10 * 60_000
/** Older than this is taken for a mistake, and kept (DynamoDB guide, «Using time to live»). */
const OLDEST_S = 5 * 365 * 86_400

export interface ExpiryOptions {
  readonly engine: Engine
  readonly settings: Table<TableSettings>
  readonly clock: Clock
  readonly log: CloudLog
}

export function openExpiry(options: ExpiryOptions): Disposable {
  const timer = setInterval(() => void sweep(options).catch((error: unknown) => options.log.error('expired items could not be deleted', { error })), SWEEP_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

type Item = Readonly<Record<string, { readonly N?: string }>>

/** @returns how many items were deleted */
export async function sweep({ engine, settings, clock }: ExpiryOptions): Promise<number> {
  let deleted = 0
  const now = clock.now().getTime() / 1000
  for (const [TableName, { ttl, hashKey, rangeKey }] of settings.all()) {
    if (!ttl?.isEnabled) continue
    let ExclusiveStartKey: unknown
    do {
      const { Items = [], LastEvaluatedKey } = (await engine.call('Scan', { TableName, ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }) })) as { readonly Items?: readonly Item[]; readonly LastEvaluatedKey?: unknown }
      for (const item of Items.filter((each) => isExpired(Number(each[ttl.attribute]?.N), now))) {
        const Key = Object.fromEntries(Object.entries(item).filter(([name]) => name === hashKey || name === rangeKey))
        await engine.call('DeleteItem', { TableName, Key })
        deleted++
      }
      ExclusiveStartKey = LastEvaluatedKey
    } while (ExclusiveStartKey !== undefined)
  }
  return deleted
}

const isExpired = (atS: number, nowS: number) => atS < nowS && atS > nowS - OLDEST_S // NaN: it has no such attribute
