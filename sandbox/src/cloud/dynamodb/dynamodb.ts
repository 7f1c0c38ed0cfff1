// sandbox/src/cloud/dynamodb/dynamodb.ts: Amazon DynamoDB: tables, and items in them; dynalite keeps them, in a folder beside the state.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { ItemStore } from '../ports.ts'
import type { Operation, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { attributeMap, fromEngine, toEngine } from './attribute-values.ts'
import { openEngine } from './engine.ts'
import { openExpiry } from './expiry.ts'
import { grantsOf } from './item-grants.ts'
import { nameIn, tableOperations } from './table-operations.ts'
import { type ItemInput, withItem } from './refused-item.ts'
import { tableSettings } from './table-settings.ts'

export interface DynamoDb extends AsyncDisposable {
  readonly service: Service
  readonly items: ItemStore
}

export interface DynamoDbOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly log: CloudLog
  /** Undefined keeps nothing. */
  readonly folder: string | undefined
}

const ITEM_OPERATIONS = ['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'] as const

export function openDynamoDb({ account, store, clock, log, folder }: DynamoDbOptions): DynamoDb {
  const engine = openEngine(folder, account)
  const settings = tableSettings(store)
  const expiry = openExpiry({ engine, settings, clock, log })
  const onItems = (operation: string): Operation<ItemInput> => async ({ ReturnValuesOnConditionCheckFailure: returned, ...input }) => {
    const request = toEngine({ ...input, ...(input.TableName !== undefined && { TableName: nameIn(input.TableName) }) }) as ItemInput
    try {
      return fromEngine(await engine.call(operation, request))
    } catch (error) {
      throw returned === 'ALL_OLD' ? await withItem(error, request, { engine, settings }) : error
    }
  }
  const operations = { ...tableOperations({ account, engine, settings, clock }), ...Object.fromEntries(ITEM_OPERATIONS.map((name) => [name, onItems(name)])) }
  return {
    service: { model: 'dynamodb', operations, grants: grantsOf(Object.keys(operations), account, settings) },
    items: {
      async put(table, item) {
        await engine.call('PutItem', { TableName: table, Item: attributeMap(item) })
      },
    },
    async [Symbol.asyncDispose]() {
      expiry[Symbol.dispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}
