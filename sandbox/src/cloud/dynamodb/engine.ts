// sandbox/src/cloud/dynamodb/engine.ts: tables and items as dynalite keeps them, called within this process.
import { createRequire } from 'node:module'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'

/** One operation of DynamoDB: its JSON in, its JSON out. Those that are asked one after the other write one after the other. */
export interface Engine extends AsyncDisposable {
  /** @throws AwsError as DynamoDB says it */
  call(operation: string, input: object): Promise<Record<string, unknown>>
}

/** What of dynalite is used. Its HTTP server is not: the gateway has checked signature and grants already. */
interface Dynalite {
  readonly create: (options: { readonly path?: string; readonly createTableMs: number; readonly deleteTableMs: number; readonly updateTableMs: number }) => DynaliteStore
}
interface DynaliteStore {
  readonly tableDb: { awsAccountId: string; awsRegion: string }
  readonly lifecycleManager: { gracefulClose(done: (error?: unknown) => void): void }
}
interface Validations {
  checkTypes(data: unknown, types: unknown): object
  checkValidations(data: object, types: unknown, custom: unknown, store: DynaliteStore): void
}
type Action = (store: DynaliteStore, data: object, done: (error: unknown, answer: Record<string, unknown>) => void) => void

const require = createRequire(import.meta.url)

/** `folder` undefined keeps nothing. Tables are active at once. */
export function openEngine(folder: string | undefined, { accountId, region }: Account): Engine {
  const { create } = require('dynalite/db') as Dynalite
  const validations = require('dynalite/validations') as Validations
  const store = create({ ...(folder !== undefined && { path: folder }), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  Object.assign(store.tableDb, { awsAccountId: accountId, awsRegion: region })
  const underWay = new Set<Promise<unknown>>()
  const perform = (operation: string, input: object): Promise<Record<string, unknown>> => {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1)
    const { types, custom } = require(`dynalite/validations/${name}`) as { readonly types: unknown; readonly custom: unknown }
    const action = require(`dynalite/actions/${name}`) as Action
    return new Promise((resolve, reject) => {
      try {
        const data = validations.checkTypes(structuredClone(input), types) // it changes what it is given
        validations.checkValidations(data, types, custom, store)
        action(store, data, (error, answer) => (error ? reject(asAwsError(error)) : resolve(answer)))
      } catch (error) {
        reject(asAwsError(error))
      }
    })
  }
  return {
    async call(operation, input) {
      const answer = perform(operation, input)
      underWay.add(answer)
      return answer.finally(() => underWay.delete(answer))
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(underWay) // an operation is several of the store, which knows of those that have begun alone
      await new Promise<void>((resolve, reject) => store.lifecycleManager.gracefulClose((error) => (error ? reject(asAwsError(error)) : resolve())))
    },
  }
}

/** `{statusCode, body: {__type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message}}`; anything else is a mistake of the engine. */
function asAwsError(error: unknown): Error {
  const { body, statusCode } = error as { readonly body?: { readonly __type?: string; readonly message?: string; readonly Message?: string; readonly Item?: unknown }; readonly statusCode?: number }
  const code = body?.__type?.split('#').at(-1)
  if (code === undefined) return error instanceof Error ? error : new Error(String(error))
  return new AwsError(code, body?.message ?? body?.Message ?? '', { ...(statusCode !== undefined && { status: statusCode }), members: body?.Item === undefined ? {} : { Item: body.Item } })
}
