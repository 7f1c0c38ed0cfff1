// sandbox/src/cloud/wire/authentication.ts: who sent a request: verifies its signature as AWS does, and says so in AWS's words when it does not hold.
import { type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Principal } from '../service.ts'
import type { ChunkSigning } from './aws-chunked.ts'
import { faultOf } from './faults.ts'
import type { Identities, Identity } from './identities.ts'
import type { ServiceModel } from './model.ts'
import type { WireRequest } from './protocol.ts'
import { AwsError } from '../aws-error.ts'
import { type Signature, signatureIn, type V4Signature } from './signed-request.ts'
import { amzDateOf, canonicalPaths, canonicalRequest, parseAmzDate, sha256Hex, signatureOf, signingKeys, stringToSign, UNSIGNED_PAYLOAD } from './sigv4.ts'
import { holdsVersionTwo } from './sigv2.ts'

export interface Authenticated {
  readonly principal: Principal
  /** For bodies whose chunks are signed one by one. */
  readonly chunkSigning: ChunkSigning | undefined
}

export interface AuthenticationOptions {
  readonly identities: Identities
  readonly account: Account
  readonly clock: Clock
  /** False: access keys are looked up, signatures, dates and body hashes are not. For benches. */
  readonly verifySignatures: boolean
}

type Speaker = Pick<ServiceModel, 'name' | 'protocol' | 'denied' | 'signingNames' | 'isGlobal'>
/** What is signed of a request. */
export type SignedRequest = Pick<WireRequest, 'method' | 'path' | 'rawQuery' | 'headers' | 'bytes'>

const MOST_SKEW_MS = 15 * 60_000
const LONGEST_PRESIGNED_S = 7 * 24 * 3600

/** @throws AwsError */
export function authentication({ identities, account, clock, verifySignatures }: AuthenticationOptions): (model: Speaker, request: SignedRequest) => Authenticated {
  const signingKey = signingKeys()
  const verify = (model: Speaker, request: SignedRequest, signature: V4Signature, secretAccessKey: string): ChunkSigning | undefined => {
    refuseScope(model, signature, account)
    refuseTime(model, signature, clock.now())
    const payloadHash = payloadHashOf(model, request, signature)
    const key = signingKey(secretAccessKey, signature.scope)
    if (!isSigned(request, { ...signature, payloadHash, key })) throw faultOf(model, 'bad-signature', '', s3Members(model, { AWSAccessKeyId: signature.scope.accessKeyId }))
    return payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD') ? { key, scope: signature.scope, amzDate: signature.amzDate, seed: signature.signature } : undefined
  }
  return (model, request) => {
    const signature = signatureIn(request)
    if (signature.kind === 'none') return { principal: { kind: 'anonymous' }, chunkSigning: undefined }
    if (signature.kind === 'malformed') throw faultOf(model, 'malformed-authorization', signature.why)
    const identity = identityOf(model, signature, { identities, clock })
    if (!verifySignatures) return { principal: identity.principal, chunkSigning: undefined }
    if (signature.kind === 'v4') return { principal: identity.principal, chunkSigning: verify(model, request, signature, identity.secretAccessKey) }
    if (Number(signature.expires) * 1000 < clock.now().getTime()) throw expired(model, new Date(Number(signature.expires) * 1000), clock)
    if (!holdsVersionTwo(request, signature, identity.secretAccessKey)) throw faultOf(model, 'bad-signature', '', { AWSAccessKeyId: signature.accessKeyId })
    return { principal: identity.principal, chunkSigning: undefined }
  }
}

type Presented = Exclude<Signature, { kind: 'none' | 'malformed' }>

function identityOf(model: Speaker, signature: Presented, { identities, clock }: { identities: Identities; clock: Clock }): Identity {
  const accessKeyId = signature.kind === 'v4' ? signature.scope.accessKeyId : signature.accessKeyId
  const identity = identities.byAccessKey(accessKeyId)
  if (!identity) throw faultOf(model, 'unknown-key', '', s3Members(model, { AWSAccessKeyId: accessKeyId }))
  if (identity.session?.token !== signature.securityToken) throw faultOf(model, signature.securityToken === undefined ? 'unknown-key' : 'invalid-token', '', s3Members(model, { AWSAccessKeyId: accessKeyId }))
  if (identity.session && identity.session.expiration <= clock.now()) throw faultOf(model, 'expired-token')
  return identity
}

const s3Members = ({ protocol }: Speaker, members: Record<string, unknown>) => (protocol === 'rest-xml' ? members : {})

function refuseScope(model: Speaker, { scope, amzDate, signedHeaders }: V4Signature, account: Account): void {
  if (!model.signingNames.includes(scope.service)) throw reject(model, `Credential should be scoped to correct service: '${model.signingNames[0] ?? ''}'.`)
  if (!model.isGlobal && scope.region !== account.region) throw wrongRegion(model, scope.region, account.region)
  if (!amzDate.startsWith(scope.date)) throw reject(model, `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${amzDate.slice(0, 8)}'.`)
  if (!signedHeaders.includes('host')) throw reject(model, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
}

/** Refused with a sentence of its own; S3's fixed sentence would hide it. */
function reject(model: Speaker, message: string): AwsError {
  const { code, status } = faultOf(model, 'bad-signature')
  return new AwsError(code, message, status === undefined ? {} : { status })
}

function wrongRegion(model: Speaker, given: string, wanted: string): AwsError {
  if (model.protocol !== 'rest-xml') return reject(model, `Credential should be scoped to a valid region, not '${given}' (this cloud is '${wanted}').`)
  return faultOf(model, 'malformed-authorization', `The authorization header is malformed; the region '${given}' is wrong; expecting '${wanted}'`, { Region: wanted })
}

function refuseTime(model: Speaker, { amzDate, expiresSeconds, scope }: V4Signature, now: Date): void {
  const signedAt = parseAmzDate(amzDate)
  if (!signedAt) throw faultOf(model, 'malformed-authorization', "Date must be in ISO-8601 'basic format'.")
  const skewMs = now.getTime() - signedAt.getTime()
  if (skewMs < -MOST_SKEW_MS) throw wrongTime(model, `Signature not yet current: ${amzDate} is still later than ${amzDateOf(now)} (${amzDateOf(now)} + 15 min.)`, now)
  // AWS's device SDKs sign the URL of MQTT over WebSocket without X-Amz-Expires; AWS takes it.
  if (expiresSeconds === undefined || (expiresSeconds === '' && scope.service === 'iotdevicegateway')) {
    if (skewMs > MOST_SKEW_MS) throw wrongTime(model, `Signature expired: ${amzDate} is now earlier than ${amzDateOf(new Date(now.getTime() - MOST_SKEW_MS))} (${amzDateOf(now)} - 15 min.)`, now)
    return
  }
  const livesSeconds = Number(expiresSeconds)
  if (!Number.isInteger(livesSeconds) || expiresSeconds === '' || livesSeconds < 0) throw faultOf(model, 'malformed-authorization', 'X-Amz-Expires should be a number')
  if (livesSeconds > LONGEST_PRESIGNED_S) throw faultOf(model, 'malformed-authorization', 'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds')
  if (skewMs > livesSeconds * 1000) throw expired(model, new Date(signedAt.getTime() + livesSeconds * 1000), { now: () => now })
}

const wrongTime = (model: Speaker, message: string, now: Date) => faultOf(model, 'wrong-time', message, s3Members(model, { ServerTime: now.toISOString(), MaxAllowedSkewMilliseconds: MOST_SKEW_MS }))

const expired = (model: Speaker, at: Date, clock: Pick<Clock, 'now'>): AwsError =>
  model.protocol === 'rest-xml'
    ? new AwsError('AccessDenied', 'Request has expired', { status: 403, members: { Expires: at.toISOString(), ServerTime: clock.now().toISOString() } })
    : reject(model, 'Signature expired: the URL was valid until ' + amzDateOf(at))

/** S3 takes the hash that the client names and compares it with the body; all others hash the body themselves. */
function payloadHashOf(model: Speaker, { headers, bytes }: SignedRequest, { expiresSeconds }: V4Signature): string {
  const named = headers['x-amz-content-sha256']
  if (model.protocol !== 'rest-xml') return sha256Hex(bytes)
  if (named === undefined) return expiresSeconds === undefined ? sha256Hex(bytes) : UNSIGNED_PAYLOAD
  if (named === UNSIGNED_PAYLOAD || named.startsWith('STREAMING-')) return named
  const actual = sha256Hex(bytes)
  if (named === actual) return named
  const members = { ClientComputedContentSHA256: named, S3ComputedContentSHA256: actual }
  throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", { status: 400, members })
}

function isSigned(request: SignedRequest, { scope, amzDate, signedHeaders, signature, query, payloadHash, key }: V4Signature & { payloadHash: string; key: KeyObject }): boolean {
  // Clients of MQTT over WebSocket add the session token after they have signed (IoT guide, «MQTT over WSS»).
  const signedQuery = scope.service === 'iotdevicegateway' ? query.filter(([name]) => name !== 'X-Amz-Security-Token') : query
  const common = { method: request.method, query: signedQuery, headers: request.headers, signedHeaders, payloadHash }
  return canonicalPaths(request.path, scope.service).some((canonicalPath) => isEqual(signature, signatureOf(key, stringToSign(canonicalRequest({ ...common, canonicalPath }), scope, amzDate))))
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
