// sandbox/src/cloud/iam/web-identity-token.ts: checks an OpenID Connect token as STS does: issuer registered, audience known, not expired, signed by a key of the issuer.
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { identityProviderArn } from './identity-providers.ts'
import type { IamRecords } from './iam-records.ts'

/** The public keys that an issuer (`https://…`) publishes. */
export type KeysOfIssuer = (issuerUrl: string) => Promise<readonly PublishedKey[]>
export type PublishedKey = JsonWebKey & { readonly kid?: string }

export interface WebIdentity {
  readonly claims: Readonly<Record<string, unknown>>
  /** Without `https://`. */
  readonly issuer: string
  readonly audience: string
}

export interface TokenCheck {
  readonly records: IamRecords
  readonly account: Account
  readonly now: Date
  readonly keysOfIssuer: KeysOfIssuer
}

/** @throws AwsError InvalidIdentityTokenException, ExpiredTokenException, IDPCommunicationErrorException */
export async function verifiedClaims(token: string, { records, account, now, keysOfIssuer }: TokenCheck): Promise<WebIdentity> {
  const { header, claims, signed, signature } = decoded(token)
  const issuerUrl = typeof claims['iss'] === 'string' ? claims['iss'] : ''
  const issuer = issuerUrl.replace(/^https:\/\//, '').replace(/\/$/, '')
  const provider = issuerUrl.startsWith('https://') ? records.identityProviders.get(identityProviderArn(account, issuer)) : undefined
  if (!provider) throw invalid(`No OpenIDConnect provider found in your account for ${issuerUrl}`)
  const audiences = [claims['aud']].flat().filter((audience) => typeof audience === 'string')
  const audience = audiences.find((each) => provider.clientIds.includes(each))
  if (audience === undefined) throw invalid('Incorrect token audience')
  const key = (await publishedKeys(keysOfIssuer, issuerUrl)).find(({ kid }) => kid === header['kid'])
  if (!key || !isSignedBy(key, header['alg'], { signed, signature })) throw invalid("Couldn't retrieve verification key from your identity provider, or the token is not signed by it")
  const seconds = now.getTime() / 1000
  if (typeof claims['exp'] !== 'number' || claims['exp'] <= seconds) throw new AwsError('ExpiredTokenException', 'Token expired: current date/time must be before the expiration date/time')
  if (typeof claims['nbf'] === 'number' && claims['nbf'] > seconds + MOST_SKEW_S) throw invalid('Token is not yet valid')
  return { claims, issuer, audience }
}

const MOST_SKEW_S = 300

interface Decoded {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: string
  readonly signature: Buffer
}

function decoded(token: string): Decoded {
  const [head, body, signature, ...more] = token.split('.')
  if (!head || !body || !signature || more.length > 0) throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)')
  return { header: jsonOf(head), claims: jsonOf(body), signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') }
}

function jsonOf(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown> // an object of JSON
  } catch (cause) {
    throw invalid('The ID Token provided is not a valid JWT.', cause)
  }
  throw invalid('The ID Token provided is not a valid JWT.')
}

/** RFC 7518 §3.3 and §3.4; symmetric algorithms and `none` are not among them. */
function isSignedBy(key: PublishedKey, algorithm: unknown, { signed, signature }: Pick<Decoded, 'signed' | 'signature'>): boolean {
  if (algorithm !== 'RS256' && algorithm !== 'ES256') return false
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' })
    if (publicKey.asymmetricKeyType !== (algorithm === 'RS256' ? 'rsa' : 'ec')) return false
    return verify('sha256', Buffer.from(signed), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
  } catch {
    return false // a key that cannot be read signs nothing
  }
}

async function publishedKeys(keysOfIssuer: KeysOfIssuer, issuerUrl: string): Promise<readonly PublishedKey[]> {
  try {
    return await keysOfIssuer(issuerUrl)
  } catch (cause) {
    throw new AwsError('IDPCommunicationErrorException', `The keys of ${issuerUrl} cannot be read.`, { cause })
  }
}

const invalid = (message: string, cause?: unknown) => new AwsError('InvalidIdentityTokenException', message, cause === undefined ? {} : { cause })

/** OpenID Connect Discovery 1.0 §4. */
export const fetchKeysOfIssuer: KeysOfIssuer = async (issuerUrl) => {
  const discovery = (await fetchJson(`${issuerUrl.replace(/\/$/, '')}/.well-known/openid-configuration`)) as { jwks_uri?: unknown }
  if (typeof discovery.jwks_uri !== 'string') throw new Error('no jwks_uri')
  const { keys } = (await fetchJson(discovery.jwks_uri)) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('no keys')
  return keys as PublishedKey[] // each is proved when it is read as a key
}

async function fetchJson(url: string): Promise<object> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  const value: unknown = await answer.json()
  if (typeof value !== 'object' || value === null) throw new Error(`${url} is no JSON object`)
  return value
}
