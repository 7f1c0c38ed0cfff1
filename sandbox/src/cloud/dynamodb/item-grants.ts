// sandbox/src/cloud/dynamodb/item-grants.ts: what a caller must be allowed for a request, with the condition keys for fine-grained access.
import { type Account, arn } from '../account.ts'
import type { Grant, Service } from '../service.ts'
import type { Table } from '../store/store.ts'
import { nameIn } from './table-operations.ts'
import type { TableSettings } from './table-settings.ts'

type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string } | undefined>>

interface Input {
  readonly TableName?: string
  readonly ResourceArn?: string
  readonly IndexName?: string
  readonly Item?: Attributes
  readonly Key?: Attributes
  readonly Keys?: readonly Attributes[]
  readonly AttributesToGet?: readonly string[]
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Attributes
  readonly Select?: string
  readonly ReturnValues?: string
  readonly Tags?: readonly unknown[]
  readonly RequestItems?: Readonly<Record<string, Pick<Input, 'Keys'> | readonly { readonly PutRequest?: Pick<Input, 'Item'>; readonly DeleteRequest?: Pick<Input, 'Key'> }[]>>
  readonly KeyConditionExpression?: string
  readonly [expression: `${string}Expression`]: string | undefined
}

export function grantsOf(names: readonly string[], account: Account, settings: Table<TableSettings>): NonNullable<Service['grants']> {
  const table = (name: string) => arn('dynamodb', account, `table/${nameIn(name)}`)
  const grant = (name: string) => (input: Input): Grant | readonly Grant[] => {
    const action = `dynamodb:${name}`
    if (name === 'ListTables') return { action, resources: ['*'] }
    if (input.RequestItems) return Object.entries(input.RequestItems).map(([inTable, requests]) => ({ action, resources: [table(inTable)], context: ofBatch(requests, settings.get(nameIn(inTable))) }))
    const resource = input.ResourceArn ?? table(input.TableName ?? '') + (input.IndexName === undefined ? '' : `/index/${input.IndexName}`)
    const own = { action, resources: [resource], context: contextOf(input, settings.get(nameIn(input.TableName ?? ''))) }
    return name === 'CreateTable' && input.Tags?.length ? [own, { action: 'dynamodb:TagResource', resources: [resource] }] : own
  }
  return Object.fromEntries(names.map((name) => [name, grant(name)]))
}

type Context = NonNullable<Grant['context']>

function ofBatch(requests: Requests, settings: TableSettings | undefined): Context {
  const inputs: readonly Input[] = isWrites(requests) ? requests.map(({ PutRequest, DeleteRequest }) => ({ ...PutRequest, ...DeleteRequest })) : [requests]
  const contexts = inputs.map((input) => contextOf(input, settings))
  const all = (key: string) => [...new Set(contexts.flatMap((context) => context[key] ?? []))]
  return { 'dynamodb:LeadingKeys': all('dynamodb:LeadingKeys'), 'dynamodb:Attributes': all('dynamodb:Attributes') }
}

type Requests = NonNullable<Input['RequestItems']>[string]
const isWrites = (requests: Requests): requests is Extract<Requests, readonly unknown[]> => Array.isArray(requests)

/** DynamoDB guide, «Using IAM policy conditions for fine-grained access control». Values that are missing from a request are missing here. */
function contextOf(input: Input, settings: TableSettings | undefined): Context {
  const leading = settings ? leadingKeys(input, settings.hashKey) : []
  const attributes = attributesOf(input)
  return {
    ...(leading.length > 0 && { 'dynamodb:LeadingKeys': leading }),
    ...(attributes.length > 0 && { 'dynamodb:Attributes': attributes }),
    'dynamodb:Select': input.Select,
    'dynamodb:ReturnValues': input.ReturnValues,
  }
}

function leadingKeys(input: Input, hashKey: string): readonly string[] {
  const items = [input.Item, input.Key, ...(input.Keys ?? [])].flatMap((attributes) => textOf(attributes?.[hashKey]))
  const [, name, value] = new RegExp(`(#?[\\w.-]+)\\s*=\\s*(:[\\w.-]+)`).exec(input.KeyConditionExpression ?? '') ?? []
  const queried = name !== undefined && (input.ExpressionAttributeNames?.[name] ?? name) === hashKey ? textOf(input.ExpressionAttributeValues?.[value ?? '']) : []
  return [...items, ...queried]
}

const textOf = (value: Attributes[string]): readonly string[] => [value?.S ?? value?.N].filter((text) => text !== undefined)

/** Top-level attributes that the request names anywhere: keys, items, projections, conditions, updates. */
function attributesOf(input: Input): readonly string[] {
  const items = [input.Item, input.Key, ...(input.Keys ?? [])].flatMap((attributes) => Object.keys(attributes ?? {}))
  const expressions = Object.entries(input).flatMap(([member, text]) => (member.endsWith('Expression') && typeof text === 'string' ? namesIn(text) : []))
  return [...new Set([...items, ...(input.AttributesToGet ?? []), ...expressions.map((name) => input.ExpressionAttributeNames?.[name] ?? name)])]
}

const WORDS = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'BETWEEN', 'IN'])
const FUNCTIONS = /^(attribute_exists|attribute_not_exists|attribute_type|begins_with|contains|size|if_not_exists|list_append)$/

/** The first part of each path; values (`:v`), words of the language and functions are none. */
const namesIn = (expression: string): string[] =>
  [...expression.matchAll(/(?<![:\w.#-])#?[A-Za-z_][\w-]*/g)].map(([name]) => name).filter((name) => !WORDS.has(name.toUpperCase()) && !FUNCTIONS.test(name))
