// sandbox/src/cloud/cognito/user-pool-records.ts: what is kept of user pools: pools, their clients, groups and users.
import type { AttributeType, CreateUserPoolClientCommandInput, CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { keyOf, prefixOf, type Store, type Table } from '../store/store.ts'

export interface PoolRecord {
  readonly settings: Omit<CreateUserPoolCommandInput, 'UserPoolTags'>
  readonly tags: Readonly<Record<string, string>>
  readonly createdAt: Date
  readonly changedAt: Date
  /** PKCS #8 PEM of the key that signs its tokens. */
  readonly signingKey: string
  readonly keyId: string
}

export interface ClientRecord {
  readonly settings: Omit<CreateUserPoolClientCommandInput, 'GenerateSecret'>
  readonly createdAt: Date
  readonly changedAt: Date
}

export interface GroupRecord {
  readonly description?: string | undefined
  readonly roleArn?: string | undefined
  readonly precedence?: number | undefined
  readonly createdAt: Date
  readonly changedAt: Date
}

export interface UserRecord {
  readonly sub: string
  readonly attributes: readonly AttributeType[]
  readonly status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED'
  readonly isEnabled: boolean
  /** `salt:scrypt`, both in base64. */
  readonly password: string
  readonly createdAt: Date
  readonly changedAt: Date
}

/** A sign-in that waits for a new password, or one that can be renewed. */
export interface SignInRecord {
  readonly poolId: string
  readonly clientId: string
  readonly username: string
  readonly endsAt: Date
  readonly authenticatedAt: Date
}

export interface UserPoolTables {
  readonly pools: Table<PoolRecord>
  /** pool, client */
  readonly clients: Table<ClientRecord>
  /** client → pool */
  readonly poolOfClient: Table<string>
  /** pool, group */
  readonly groups: Table<GroupRecord>
  /** pool, user */
  readonly users: Table<UserRecord>
  /** pool, user, group */
  readonly members: Table<true>
  /** By session or refresh token. */
  readonly challenges: Table<SignInRecord>
  readonly refreshTokens: Table<SignInRecord>
}

export const userPoolTables = (store: Store): UserPoolTables => ({
  pools: store.table('cognito_pools'),
  clients: store.table('cognito_clients'),
  poolOfClient: store.table('cognito_pool_of_client'),
  groups: store.table('cognito_groups'),
  users: store.table('cognito_users'),
  members: store.table('cognito_members'),
  challenges: store.table('cognito_challenges'),
  refreshTokens: store.table('cognito_refresh_tokens'),
})

export const poolArn = (account: Account, poolId: string) => arn('cognito-idp', account, `userpool/${poolId}`)

export function thePool({ pools }: UserPoolTables, poolId = ''): PoolRecord {
  const pool = pools.get(poolId)
  if (!pool) throw missing(`User pool ${poolId} does not exist.`)
  return pool
}

export function theUser(tables: UserPoolTables, poolId = '', username = ''): UserRecord {
  thePool(tables, poolId)
  const user = tables.users.get(keyOf(poolId, username))
  if (!user) throw new AwsError('UserNotFoundException', 'User does not exist.')
  return user
}

export function theGroup(tables: UserPoolTables, poolId = '', name = ''): GroupRecord {
  thePool(tables, poolId)
  const group = tables.groups.get(keyOf(poolId, name))
  if (!group) throw missing('Group not found.')
  return group
}

/** Groups of a user; the one with the lowest precedence value comes first (Cognito guide, «Assigning precedence values to groups»). */
export function groupsOf({ members, groups }: UserPoolTables, poolId: string, username: string): readonly (readonly [name: string, group: GroupRecord])[] {
  const prefix = prefixOf(poolId, username)
  const found = members.all(prefix).flatMap(([key]) => {
    const name = key.slice(prefix.length)
    const group = groups.get(keyOf(poolId, name))
    return group ? [[name, group] as const] : []
  })
  return found.sort(([, one], [, other]) => (one.precedence ?? Infinity) - (other.precedence ?? Infinity))
}

export const missing = (message: string) => new AwsError('ResourceNotFoundException', message)
export const invalid = (message: string) => new AwsError('InvalidParameterException', message)

/** Deletes every entry whose key begins so. */
export function deleteAll<T>(table: Table<T>, prefix: string): void {
  for (const [key] of table.all(prefix)) table.delete(key)
}
