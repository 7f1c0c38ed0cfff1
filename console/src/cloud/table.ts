// console/src/cloud/table.ts: the client for the tables of telemetry and alarms, and all pages of an answer as plain items.
import { DynamoDBClient, type QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { plainItem } from '@fleet/contract/item'
import type { Cloud } from './clients.ts'

const clients = new WeakMap<Cloud, DynamoDBClient>()

export function tablesOf(cloud: Cloud): DynamoDBClient {
  const client = clients.get(cloud) ?? new DynamoDBClient(cloud.config)
  clients.set(cloud, client)
  return client
}

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
