// sandbox/src/cloud/cognito/user-pools.ts: makes, shows and removes user pools, and the clients by which programs sign their users in.
import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto'
import type { UserPoolClientType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import { keyOf, prefixOf } from '../store/store.ts'
import { pageOf } from '../wire/paging.ts'
import { deleteAll, invalid, missing, poolArn, thePool, type PoolRecord, type UserPoolTables } from './user-pool-records.ts'

export type UserPoolOperations = OperationsOf<typeof import('@aws-sdk/client-cognito-identity-provider')>

export interface UserPoolContext {
  readonly account: Account
  readonly clock: Clock
  readonly tables: UserPoolTables
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const SMALL = 'abcdefghijklmnopqrstuvwxyz0123456789'
const drawn = (alphabet: string, length: number) => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
const PAGE = { usual: 60, most: 60 }
const badToken = () => invalid('Invalid pagination token.')

export function userPoolOperations({ account, clock, tables }: UserPoolContext) {
  const { pools, clients, poolOfClient } = tables
  return {
    CreateUserPool({ UserPoolTags: tags = {}, ...settings }) {
      const poolId = `${account.region}_${drawn(LETTERS, 9)}`
      const now = clock.now()
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      pools.put(poolId, { settings, tags, createdAt: now, changedAt: now, signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), keyId: randomBytes(32).toString('base64') })
      return { UserPool: shownPool(account, poolId, thePool(tables, poolId)) }
    },
    DescribeUserPool: ({ UserPoolId: poolId = '' }) => ({ UserPool: shownPool(account, poolId, thePool(tables, poolId)) }),
    /** What is not given falls back to its default (API UpdateUserPool). */
    UpdateUserPool({ UserPoolId: poolId = '', UserPoolTags: tags, ...settings }) {
      const pool = thePool(tables, poolId)
      const { PoolName, Schema, AliasAttributes, UsernameAttributes, UsernameConfiguration } = pool.settings
      pools.put(poolId, { ...pool, tags: tags ?? pool.tags, changedAt: clock.now(), settings: { Schema, AliasAttributes, UsernameAttributes, UsernameConfiguration, ...settings, PoolName: settings.PoolName ?? PoolName } })
      return {}
    },
    DeleteUserPool({ UserPoolId: poolId = '' }) {
      const { settings } = thePool(tables, poolId)
      if (settings.DeletionProtection === 'ACTIVE') throw invalid('The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.')
      for (const [key] of clients.all(prefixOf(poolId))) poolOfClient.delete(key.slice(prefixOf(poolId).length))
      for (const table of [clients, tables.groups, tables.users, tables.members]) deleteAll<unknown>(table, prefixOf(poolId))
      pools.delete(poolId)
      return {}
    },
    ListUserPools({ MaxResults: asked, NextToken: token }) {
      const { items, nextToken } = pageOf((options) => withKeys(pools.page(options)), { token, size: { asked, ...PAGE }, invalid: badToken })
      return { UserPools: items.map(([Id, { settings, createdAt, changedAt }]) => ({ Id, Name: settings.PoolName, CreationDate: createdAt, LastModifiedDate: changedAt })), NextToken: nextToken }
    },
    CreateUserPoolClient({ GenerateSecret, ...settings }) {
      const { UserPoolId: poolId = '' } = settings
      thePool(tables, poolId)
      if (GenerateSecret) throw invalid('The sandbox makes no clients with a secret: a page cannot keep one.')
      const clientId = drawn(SMALL, 26)
      const now = clock.now()
      clients.put(keyOf(poolId, clientId), { settings, createdAt: now, changedAt: now })
      poolOfClient.put(clientId, poolId)
      return { UserPoolClient: shownClient(tables, poolId, clientId) }
    },
    DescribeUserPoolClient: ({ UserPoolId: poolId = '', ClientId: clientId = '' }) => ({ UserPoolClient: shownClient(tables, poolId, clientId) }),
    UpdateUserPoolClient({ UserPoolId: poolId = '', ClientId: clientId = '', ...settings }) {
      const client = theClient(tables, poolId, clientId)
      clients.put(keyOf(poolId, clientId), { ...client, changedAt: clock.now(), settings: { ...settings, UserPoolId: poolId, ClientName: settings.ClientName ?? client.settings.ClientName } })
      return { UserPoolClient: shownClient(tables, poolId, clientId) }
    },
    DeleteUserPoolClient({ UserPoolId: poolId = '', ClientId: clientId = '' }) {
      theClient(tables, poolId, clientId)
      clients.delete(keyOf(poolId, clientId))
      poolOfClient.delete(clientId)
      return {}
    },
    ListUserPoolClients({ UserPoolId: poolId = '', MaxResults: asked, NextToken: token }) {
      thePool(tables, poolId)
      const prefix = prefixOf(poolId)
      const { items, nextToken } = pageOf((options) => withKeys(clients.page({ ...options, prefix })), { token, size: { asked, ...PAGE }, invalid: badToken })
      return { UserPoolClients: items.map(([key, { settings }]) => ({ ClientId: key.slice(prefix.length), UserPoolId: poolId, ClientName: settings.ClientName })), NextToken: nextToken }
    },
  } satisfies UserPoolOperations
}

/** A page whose items know their own key. */
export const withKeys = <T>({ items, next }: { readonly items: readonly (readonly [string, T])[]; readonly next: string | undefined }) => ({ items: items.map((item) => [item[0], item] as const), next })

function shownPool(account: Account, Id: string, { settings: { PoolName, ...settings }, tags, createdAt, changedAt }: PoolRecord): UserPoolType {
  const { Schema: _schema, ...shown } = settings
  return { ...shown, Id, Name: PoolName, Arn: poolArn(account, Id), CreationDate: createdAt, LastModifiedDate: changedAt, UserPoolTags: { ...tags } }
}

export function theClient(tables: UserPoolTables, poolId: string, clientId: string) {
  thePool(tables, poolId)
  const client = tables.clients.get(keyOf(poolId, clientId))
  if (!client) throw missing(`User pool client ${clientId} does not exist.`)
  return client
}

function shownClient(tables: UserPoolTables, poolId: string, ClientId: string): UserPoolClientType {
  const { settings, createdAt, changedAt } = theClient(tables, poolId, ClientId)
  return { ...settings, UserPoolId: poolId, ClientId, CreationDate: createdAt, LastModifiedDate: changedAt }
}
