// sandbox/src/cloud/cognito/identity-pools.ts: identity pools: which sign-ins they take, which roles those get, and the credentials of a role for who shows a token.
import { randomUUID } from 'node:crypto'
import type { CreateIdentityPoolCommandInput, RoleMapping } from '@aws-sdk/client-cognito-identity'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { FederatedSessions } from '../ports.ts'
import type { OperationsOf } from '../service.ts'
import { keyOf, type Store } from '../store/store.ts'
import { pageOf } from '../wire/paging.ts'
import { type IdClaims, providerName, readIdToken } from './tokens.ts'
import { invalid, missing, type UserPoolTables } from './user-pool-records.ts'
import { withKeys } from './user-pools.ts'

export type IdentityPoolOperations = OperationsOf<typeof import('@aws-sdk/client-cognito-identity')>

interface IdentityPoolRecord {
  readonly settings: Omit<CreateIdentityPoolCommandInput, 'IdentityPoolTags'>
  readonly tags: Readonly<Record<string, string>>
  readonly roles?: Readonly<Record<string, string>>
  readonly mappings?: Readonly<Record<string, RoleMapping>>
  /** By provider: which claims become tags of a session. */
  readonly tagsOf?: Readonly<Record<string, TagMap>>
}

interface IdentityRecord {
  readonly poolId: string
  readonly provider: string
  readonly sub: string
}

export interface IdentityPoolContext {
  readonly account: Account
  readonly clock: Clock
  readonly store: Store
  readonly userPools: UserPoolTables
  readonly sessions: FederatedSessions
}

/** Tag → claim. */
interface TagMap {
  readonly usesDefaults: boolean
  readonly tags: Readonly<Record<string, string>>
}

const NO_TAGS: TagMap = { usesDefaults: false, tags: {} }
const DEFAULT_TAGS = { username: 'sub', client: 'aud' } as const

/** What the enhanced flow gives (Cognito guide, «Identity pools authentication flow»). */
const SESSION_SECONDS = 3600
const FEDERATION = 'cognito-identity.amazonaws.com'
export const identityPoolArn = (account: Account, id: string) => arn('cognito-identity', account, `identitypool/${id}`)

export function identityPoolOperations({ account, clock, store, userPools, sessions }: IdentityPoolContext) {
  const pools = store.table<IdentityPoolRecord>('cognito_identity_pools')
  const identities = store.table<IdentityRecord>('cognito_identities')
  /** pool, provider, sub → identity */
  const known = store.table<string>('cognito_identity_of')

  const thePool = (id = ''): IdentityPoolRecord => {
    const pool = pools.get(id)
    if (!pool) throw missing(`IdentityPool '${id}' not found.`)
    return pool
  }
  const shown = (IdentityPoolId: string) => {
    const { settings, tags } = thePool(IdentityPoolId)
    return { IdentityPoolId, ...settings, IdentityPoolTags: { ...tags } }
  }

  const shownTagMap = (IdentityPoolId: string, IdentityProviderName: string) => {
    const { usesDefaults, tags } = thePool(IdentityPoolId).tagsOf?.[IdentityProviderName] ?? NO_TAGS
    return { IdentityPoolId, IdentityProviderName, UseDefaults: usesDefaults, PrincipalTags: usesDefaults ? { ...DEFAULT_TAGS } : { ...tags } }
  }

  /** The one login that is shown: genuine, of a pool and a client that this identity pool takes. @throws AwsError NotAuthorizedException */
  const login = ({ settings }: IdentityPoolRecord, logins: Readonly<Record<string, string>> | undefined): { readonly provider: string; readonly claims: IdClaims } => {
    const [[provider, token] = [], ...more] = Object.entries(logins ?? {})
    if (provider === undefined || token === undefined) throw refused('Unauthenticated access is not supported for this identity pool.')
    if (more.length > 0) throw invalid('The sandbox takes one login at a time.')
    const [poolId = ''] = provider.split('/').slice(-1)
    const pool = userPools.pools.get(poolId)
    if (!pool || provider !== providerName(account, poolId)) throw refused('Invalid login token. Issuer doesn\'t match providerName')
    const claims = readIdToken(token, { account, pool, poolId, now: clock.now() })
    if (typeof claims === 'string') throw refused(claims)
    const taken = settings.CognitoIdentityProviders?.find(({ ProviderName, ClientId }) => ProviderName === provider && ClientId === claims.aud)
    if (!taken) throw refused('Invalid login token. Incorrect audience')
    if (taken.ServerSideTokenCheck === true && !isSignedIn(userPools, poolId, claims)) throw refused('Token is not valid: its user was signed out or deleted.')
    return { provider, claims }
  }

  return {
    CreateIdentityPool({ IdentityPoolTags: tags = {}, ...settings }) {
      const id = `${account.region}:${randomUUID()}`
      pools.put(id, { settings, tags })
      return shown(id)
    },
    DescribeIdentityPool: ({ IdentityPoolId: id = '' }) => shown(id),
    UpdateIdentityPool({ IdentityPoolId: id = '', IdentityPoolTags: tags, ...settings }) {
      const pool = thePool(id)
      pools.put(id, { ...pool, settings, tags: tags ?? pool.tags })
      return shown(id)
    },
    DeleteIdentityPool({ IdentityPoolId: id = '' }) {
      thePool(id)
      pools.delete(id)
      return {}
    },
    ListIdentityPools({ MaxResults: asked, NextToken: token }) {
      const { items, nextToken } = pageOf((options) => withKeys(pools.page(options)), { token, size: { asked, usual: 60, most: 60 }, invalid: () => invalid('Invalid pagination token.') })
      return { IdentityPools: items.map(([IdentityPoolId, { settings }]) => ({ IdentityPoolId, IdentityPoolName: settings.IdentityPoolName })), NextToken: nextToken }
    },
    SetIdentityPoolRoles({ IdentityPoolId: id = '', Roles: roles = {}, RoleMappings: mappings = {} }) {
      pools.put(id, { ...thePool(id), roles, mappings })
      return {}
    },
    GetIdentityPoolRoles({ IdentityPoolId: id = '' }) {
      const { roles, mappings } = thePool(id)
      return { IdentityPoolId: id, Roles: { ...roles }, RoleMappings: { ...mappings } }
    },
    SetPrincipalTagAttributeMap({ IdentityPoolId: id = '', IdentityProviderName: provider = '', UseDefaults: usesDefaults = false, PrincipalTags: tags = {} }) {
      const pool = thePool(id)
      pools.put(id, { ...pool, tagsOf: { ...pool.tagsOf, [provider]: { usesDefaults, tags } } })
      return shownTagMap(id, provider)
    },
    GetPrincipalTagAttributeMap: ({ IdentityPoolId: id = '', IdentityProviderName: provider = '' }) => shownTagMap(id, provider),
    DeleteIdentities({ IdentityIdsToDelete: ids = [] }) {
      for (const id of ids) {
        const identity = identities.get(id)
        if (!identity) continue // gone is gone
        known.delete(keyOf(identity.poolId, identity.provider, identity.sub))
        identities.delete(id)
      }
      return { UnprocessedIdentityIds: [] }
    },
    GetId({ IdentityPoolId: id = '', Logins }) {
      const { provider, claims } = login(thePool(id), Logins)
      const key = keyOf(id, provider, claims.sub)
      const IdentityId = known.get(key) ?? `${account.region}:${randomUUID()}`
      known.put(key, IdentityId)
      identities.put(IdentityId, { poolId: id, provider, sub: claims.sub })
      return { IdentityId }
    },
    GetCredentialsForIdentity({ IdentityId: identityId = '', Logins, CustomRoleArn }) {
      const identity = identities.get(identityId)
      if (!identity) throw missing(`Identity '${identityId}' not found.`)
      const pool = thePool(identity.poolId)
      const { provider, claims } = login(pool, Logins)
      if (provider !== identity.provider || claims.sub !== identity.sub) throw refused(`Access to Identity '${identityId}' is forbidden.`)
      if (CustomRoleArn !== undefined) throw invalid('The sandbox does not offer a role of the caller\'s choice.')
      const roleArn = roleFor(pool, `${provider}:${claims.aud}`, claims)
      const context = { [`${FEDERATION}:aud`]: identity.poolId, [`${FEDERATION}:sub`]: identityId, [`${FEDERATION}:amr`]: 'authenticated' }
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = assumed(() => sessions.assume({ roleArn, provider: FEDERATION, sessionName: 'CognitoIdentityCredentials', durationSeconds: SESSION_SECONDS, context, tags: sessionTags(pool.tagsOf?.[provider], claims) }))
      return { IdentityId: identityId, Credentials: { AccessKeyId: accessKeyId, SecretKey: secretAccessKey, SessionToken: sessionToken, Expiration: expiration } }
    },
  } satisfies IdentityPoolOperations
}

/** The role that the token prefers, or the pool's own for whoever is signed in (Cognito guide, «Using tokens to assign roles to users»). @throws AwsError */
function roleFor({ roles, mappings }: IdentityPoolRecord, provider: string, { preferredRole }: IdClaims): string {
  const mapping = mappings?.[provider]
  if (mapping?.Type === 'Rules') throw invalid('The sandbox does not offer role mappings by rules.')
  if (mapping?.Type === 'Token' && preferredRole !== undefined) return preferredRole
  if (mapping?.Type === 'Token' && mapping.AmbiguousRoleResolution === 'Deny') throw refused('Token is not from a supported provider of this identity pool.')
  const role = roles?.['authenticated']
  if (role === undefined) throw new AwsError('InvalidIdentityPoolConfigurationException', 'Invalid identity pool configuration. Check assigned IAM roles for this pool.')
  return role
}

/** Of claims that the token does not have, none (Cognito guide, «Using attributes for access control»). */
function sessionTags({ usesDefaults, tags }: TagMap = NO_TAGS, { texts }: IdClaims): Record<string, string> {
  return Object.fromEntries(Object.entries(usesDefaults ? DEFAULT_TAGS : tags).flatMap(([tag, claim]) => (texts[claim] === undefined ? [] : [[tag, texts[claim]]])))
}

/** Also who was made anew under the same name is somebody else; disabling a user revokes the tokens (API reference, AdminDisableUser). */
function isSignedIn({ users }: UserPoolTables, poolId: string, { username, sub }: IdClaims): boolean {
  const user = users.get(keyOf(poolId, username))
  return user?.sub === sub && user.isEnabled
}

/** A role whose trust policy does not let this pool in is a fault of the pool's configuration, says Cognito. */
function assumed<T>(assume: () => T): T {
  try {
    return assume()
  } catch (cause) {
    if (cause instanceof AwsError) throw new AwsError('InvalidIdentityPoolConfigurationException', 'Invalid identity pool configuration. Check assigned IAM roles for this pool.', { cause })
    throw cause
  }
}

const refused = (message: string) => new AwsError('NotAuthorizedException', message)
