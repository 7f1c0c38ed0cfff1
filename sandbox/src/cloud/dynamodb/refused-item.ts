// sandbox/src/cloud/dynamodb/refused-item.ts: the item on which a condition did not hold, for who asks for it: the engine does not know that parameter.
import { AwsError } from '../aws-error.ts'
import type { Table } from '../store/store.ts'
import { fromEngine } from './attribute-values.ts'
import type { Engine } from './engine.ts'
import type { TableSettings } from './table-settings.ts'

type Attributes = Readonly<Record<string, unknown>>

export interface ItemInput {
  readonly TableName?: string
  readonly Key?: Attributes
  readonly Item?: Attributes
  readonly ReturnValuesOnConditionCheckFailure?: string
}

/** `request`: as the engine got it. @returns the error to answer with (API PutItem, `ReturnValuesOnConditionCheckFailure`) */
export async function withItem(error: unknown, { TableName = '', Key, Item }: ItemInput, { engine, settings }: { readonly engine: Engine; readonly settings: Table<TableSettings> }): Promise<unknown> {
  if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') return error
  const { hashKey, rangeKey } = settings.get(TableName) ?? { hashKey: '', rangeKey: undefined }
  const key = Key ?? Object.fromEntries(Object.entries(Item ?? {}).filter(([name]) => name === hashKey || name === rangeKey))
  const { Item: old } = await engine.call('GetItem', { TableName, Key: key, ConsistentRead: true })
  return old === undefined ? error : new AwsError(error.code, error.message, { status: 400, cause: error, members: { Item: fromEngine(old) } })
}
