// ops/src/telemetry/read-telemetry.ts: reads what a device has reported: the last batch of each kind, or the entries of a period.
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { plainItem } from '@fleet/contract/item'
import { HistoryItem, historyKeyFrom, LastStateItem, TELEMETRY_KEYS, type TelemetryKind } from '@fleet/contract/telemetry'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { collect } from '../aws/pages.ts'
import type { Target } from '../target/target.ts'

export interface Reported {
  readonly kind: TelemetryKind
  /** When the cloud got it, ISO 8601. */
  readonly receivedAt: string
  readonly entry: Readonly<Record<string, unknown>>
}

const { hash, range } = TELEMETRY_KEYS.history
const clientOf = (target: Target) => named(new DynamoDBClient(clientConfig(target)))

/** The newest entry of each kind. @throws FleetError */
export const lastReports = (target: Target, serial: string): Promise<Reported[]> =>
  explaining(target, async () => {
    const query = { TableName: target.names.lastStateTable, KeyConditionExpression: `${TELEMETRY_KEYS.lastState.hash} = :thing`, ExpressionAttributeValues: { ':thing': { S: serial } } }
    const items = await collect(paginateQuery({ client: clientOf(target) }, query), (page) => page.Items)
    return items.flatMap((item) => entriesOf(LastStateItem.parse(plainItem(item)).batch).slice(-1))
  })

/** Oldest first, each once: what was sent again is known by its number. A batch may have begun before `since`. @throws FleetError */
export const history = (target: Target, { serial, kind, since }: { readonly serial: string; readonly kind: TelemetryKind; readonly since: Date }): Promise<Reported[]> =>
  explaining(target, async () => {
    const from = new Date(since.getTime() - LONGEST_BATCH_MS).toISOString()
    const query = {
      TableName: target.names.telemetryTable,
      KeyConditionExpression: `${hash} = :thing AND ${range} BETWEEN :from AND :to`,
      ExpressionAttributeValues: { ':thing': { S: serial }, ':from': { S: historyKeyFrom(kind, from) }, ':to': { S: historyKeyFrom(kind, '~') } },
    }
    const items = await collect(paginateQuery({ client: clientOf(target) }, query), (page) => page.Items)
    const reports = items.flatMap((item) => entriesOf(HistoryItem.parse(plainItem(item)))).filter(({ entry }) => String(entry['at']) >= since.toISOString())
    return [...new Map(reports.map((each) => [String(each.entry['sequence'] ?? each.entry['presses']), each])).values()]
  })

/** Of minutes that were kept through an outage: a message has some thirty. */
const LONGEST_BATCH_MS = 24 * 3_600_000

const entriesOf = ({ kind, receivedAt, entries }: HistoryItem): Reported[] => entries.map((entry) => ({ kind, receivedAt: new Date(receivedAt).toISOString(), entry }))
