// ops/src/telemetry/read-telemetry.ts: reads what a device has reported: the last batch of each kind, or the entries of a period.
import { DynamoDBClient, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb'
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

/** Oldest first, each once: what was sent again is known by its number. The batch that begins last before `since` may last into it. @throws FleetError */
export const history = (target: Target, { serial, kind, since }: { readonly serial: string; readonly kind: TelemetryKind; readonly since: Date }): Promise<Reported[]> =>
  explaining(target, async () => {
    const [client, begins] = [clientOf(target), since.toISOString()]
    const between = (from: string, to: string) => ({
      TableName: target.names.telemetryTable,
      KeyConditionExpression: `${hash} = :thing AND ${range} BETWEEN :from AND :to`,
      ExpressionAttributeValues: { ':thing': { S: serial }, ':from': { S: historyKeyFrom(kind, from) }, ':to': { S: historyKeyFrom(kind, to) } },
    })
    const [{ Items: former = [] }, within] = await Promise.all([
      client.send(new QueryCommand({ ...between('', begins), ScanIndexForward: false, Limit: 1 })),
      collect(paginateQuery({ client }, between(begins, '~')), (page) => page.Items),
    ])
    const items = [...former, ...within]
    const reports = items.flatMap((item) => entriesOf(HistoryItem.parse(plainItem(item)))).filter(({ entry }) => String(entry['at']) >= begins)
    return [...new Map(reports.map((each) => [String(each.entry['sequence'] ?? each.entry['presses']), each])).values()]
  })

const entriesOf = ({ kind, receivedAt, entries }: HistoryItem): Reported[] => entries.map((entry) => ({ kind, receivedAt: new Date(receivedAt).toISOString(), entry }))
