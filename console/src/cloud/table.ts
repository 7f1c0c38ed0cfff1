// console/src/cloud/table.ts: the client for the tables of telemetry and alarms, and all pages of an answer as plain items.
import { DynamoDBClient, type QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { plainItem } from '@fleet/contract/item'
import { onePerCloud } from './one-per-cloud.ts'

export const tablesOf = onePerCloud(({ config }) => new DynamoDBClient(config))

type StartKey = QueryCommandOutput['LastEvaluatedKey']
type Page = Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>

/** DynamoDB answers a megabyte at a time, also when a filter leaves nothing of it. */
export async function allItems(ask: (ExclusiveStartKey: StartKey) => Promise<Page>): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let from: StartKey
  do {
    const { Items = [], LastEvaluatedKey } = await ask(from)
    items.push(...Items.map(plainItem))
    from = LastEvaluatedKey
  } while (from !== undefined)
  return items
}
