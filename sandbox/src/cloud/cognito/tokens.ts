// sandbox/src/cloud/cognito/tokens.ts: the JSON Web Tokens of a user pool: made at a sign-in, and checked when an identity pool is shown one.
import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto'
import type { Account } from '../account.ts'
import { groupsOf, theUser, type PoolRecord, type UserPoolTables } from './user-pool-records.ts'

export interface TokenRequest {
  readonly account: Account
  readonly tables: UserPoolTables
  readonly pool: PoolRecord
  readonly poolId: string
  readonly clientId: string
  readonly username: string
  readonly now: Date
  readonly authenticatedAt: Date
}

/** Cognito's default for ID and access tokens. */
export const TOKEN_SECONDS = 3600

/** `cognito-idp.<region>.amazonaws.com/<pool>`: the provider's name in `Logins`, and with `https://` the issuer. */
export const providerName = ({ region }: Account, poolId: string) => `cognito-idp.${region}.amazonaws.com/${poolId}`

/** Claims as the Cognito guide lists them («Understanding the identity (ID) token», «… the access token»). */
export function tokensFor({ account, tables, pool, poolId, clientId, username, now, authenticatedAt }: TokenRequest) {
  const { sub, attributes } = theUser(tables, poolId, username)
  const groups = groupsOf(tables, poolId, username)
  const roles = groups.flatMap(([, { roleArn }]) => roleArn ?? [])
  const [seconds, common] = [Math.floor(now.getTime() / 1000), { sub, iss: `https://${providerName(account, poolId)}`, origin_jti: randomUUID(), event_id: randomUUID(), auth_time: Math.floor(authenticatedAt.getTime() / 1000) }]
  const inGroups = groups.length > 0 ? { 'cognito:groups': groups.map(([name]) => name) } : {}
  const lives = { iat: seconds, exp: seconds + TOKEN_SECONDS }
  const own = Object.fromEntries(attributes.flatMap(({ Name, Value }) => (Name === undefined || Name === 'sub' ? [] : [[Name, /^(email|phone_number)_verified$/.test(Name) ? Value === 'true' : Value]])))
  const preferred = preferredRole(groups)
  const id = { ...own, ...common, ...inGroups, ...(roles.length > 0 && { 'cognito:roles': roles }), ...(preferred !== undefined && { 'cognito:preferred_role': preferred }), 'cognito:username': username, aud: clientId, token_use: 'id', ...lives, jti: randomUUID() }
  const access = { ...common, ...inGroups, client_id: clientId, token_use: 'access', scope: 'aws.cognito.signin.user.admin', username, ...lives, jti: randomUUID() }
  return { IdToken: signed(pool, id), AccessToken: signed(pool, access), TokenType: 'Bearer', ExpiresIn: TOKEN_SECONDS }
}

/** None when two groups share the best precedence and have different roles (Cognito guide, «Assigning precedence values to groups»). */
function preferredRole(groups: ReturnType<typeof groupsOf>): string | undefined {
  const [best] = groups
  if (!best) return undefined
  const equals = new Set(groups.filter(([, { precedence }]) => precedence === best[1].precedence).map(([, { roleArn }]) => roleArn))
  return equals.size === 1 ? best[1].roleArn : undefined
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

function signed({ signingKey, keyId }: PoolRecord, claims: object): string {
  const text = `${encoded({ kid: keyId, alg: 'RS256' })}.${encoded(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), createPrivateKey(signingKey)).toString('base64url')}`
}

export interface IdClaims {
  readonly sub: string
  readonly username: string
  readonly aud: string
  readonly exp: number
  readonly preferredRole: string | undefined
  /** All claims that are a text, by their names. */
  readonly texts: Readonly<Record<string, string>>
}

/** @returns why it is none, or what the ID token says */
export function readIdToken(token: string, { account, pool, poolId, now }: Pick<TokenRequest, 'account' | 'pool' | 'poolId' | 'now'>): IdClaims | string {
  const [head, body, signature, ...more] = token.split('.')
  if (!head || !body || !signature || more.length > 0) return 'Invalid login token. Not a valid OpenId Connect identity token.'
  const isGenuine = verify('sha256', Buffer.from(`${head}.${body}`), createPublicKey(pool.signingKey), Buffer.from(signature, 'base64url'))
  if (!isGenuine) return 'Invalid login token. Token signature invalid'
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown> // our own, by its signature
  if (claims['iss'] !== `https://${providerName(account, poolId)}`) return 'Invalid login token. Issuer doesn\'t match providerName'
  if (claims['token_use'] !== 'id') return 'Invalid login token. Not an identity token'
  const exp = Number(claims['exp'])
  if (exp * 1000 <= now.getTime()) return `Invalid login token. Token expired: ${exp} >= ${Math.floor(now.getTime() / 1000)}`
  const preferred = claims['cognito:preferred_role']
  const texts = Object.fromEntries(Object.entries(claims).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
  const read: IdClaims = { sub: String(claims['sub']), username: String(claims['cognito:username']), aud: String(claims['aud']), exp, preferredRole: typeof preferred === 'string' ? preferred : undefined, texts }
  return read
}
