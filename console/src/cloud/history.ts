// console/src/cloud/history.ts: what a device has reported in a period, as the tables of telemetry keep it.
import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { ButtonPressed } from '@fleet/contract/button'
import { HealthMinute } from '@fleet/contract/health'
import { LedEvent } from '@fleet/contract/led'
import { HistoryItem, historyKeyFrom, TELEMETRY_KEYS, type TelemetryKind } from '@fleet/contract/telemetry'
import type * as z from 'zod'
import type { Cloud } from './clients.ts'
import { allItems, tablesOf } from './table.ts'

/** Oldest first; with what was said before the period, since it may still hold. */
export interface History {
  readonly health: readonly HealthMinute[]
  readonly led: readonly LedEvent[]
  readonly button: readonly ButtonPressed[]
}

export interface Period {
  readonly serial: string
  readonly since: Date
}

export async function historyOf(cloud: Cloud, period: Period, signal: AbortSignal): Promise<History> {
  const read = async <Entry extends z.ZodType<{ at: string }>>(kind: TelemetryKind, entry: Entry) => entriesIn(await batchesOf(cloud, { ...period, kind }, signal), entry)
  const [health, led, button] = await Promise.all([read('health', HealthMinute), read('led', LedEvent), read('button', ButtonPressed)])
  return { health, led, button }
}

const { hash, range } = TELEMETRY_KEYS.history

/** Those that begin in the period, and the one before, which may last into it. */
async function batchesOf(cloud: Cloud, { serial, since, kind }: Period & { readonly kind: TelemetryKind }, abortSignal: AbortSignal): Promise<Record<string, unknown>[]> {
  const between = (from: string, to: string) => ({
    TableName: cloud.names.telemetryTable,
    KeyConditionExpression: `${hash} = :thing AND ${range} BETWEEN :from AND :to`,
    ExpressionAttributeValues: { ':thing': { S: serial }, ':from': { S: historyKeyFrom(kind, from) }, ':to': { S: historyKeyFrom(kind, to) } },
  })
  const begins = since.toISOString()
  const former = allItems(async () => {
    const { Items = [] } = await tablesOf(cloud).send(new QueryCommand({ ...between('', begins), ScanIndexForward: false, Limit: 1 }), { abortSignal })
    return { Items } // one is enough
  })
  const within = allItems((ExclusiveStartKey) => tablesOf(cloud).send(new QueryCommand({ ...between(begins, '~'), ExclusiveStartKey }), { abortSignal }))
  return [...(await former), ...(await within)]
}

/** A device's own words: what is not as it should be is left out. In the order of its clock, which may have been set back. */
function entriesIn<Entry extends z.ZodType<{ at: string }>>(items: readonly Record<string, unknown>[], schema: Entry): z.infer<Entry>[] {
  const entries = items.flatMap((item) => HistoryItem.safeParse(item).data?.entries ?? [])
  return entries.flatMap((entry) => schema.safeParse(entry).data ?? []).sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
}
