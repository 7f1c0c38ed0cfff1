// sandbox/src/cloud/wire/signed-request.ts: finds the signature that a request carries, in its headers or in its query.
import { ALGORITHM, type CredentialScope } from './sigv4.ts'
import { queryPairs } from './uri-encoding.ts'

export type Signature =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly why: string; readonly scope: CredentialScope | undefined }
  | (V4Signature & { readonly kind: 'v4' })
  | { readonly kind: 'v2-presigned'; readonly accessKeyId: string; readonly signature: string; readonly expires: string; readonly securityToken: string | undefined }

export interface V4Signature {
  readonly scope: CredentialScope
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly amzDate: string
  readonly securityToken: string | undefined
  /** Seconds that a presigned URL lives; undefined for signatures in headers. */
  readonly expiresSeconds: string | undefined
  /** The query without what was added by signing. */
  readonly query: readonly (readonly [string, string])[]
}

interface Signable {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly rawQuery: string
}

export function signatureIn({ headers, rawQuery }: Signable): Signature {
  const authorization = headers['authorization']
  if (authorization?.startsWith('AWS4-')) return inHeaders(authorization, headers, rawQuery)
  if (/(^|&)X-Amz-(Algorithm|Signature|Credential)=/.test(rawQuery)) return inQuery(rawQuery)
  if (/(^|&)AWSAccessKeyId=/.test(rawQuery)) return versionTwo(rawQuery)
  return { kind: 'none' }
}

function inHeaders(authorization: string, headers: Signable['headers'], rawQuery: string): Signature {
  const [, algorithm, rest = ''] = /^(\S+)\s+(.*)$/s.exec(authorization) ?? []
  const fields = new Map(rest.split(',').map((part) => [part.slice(0, Math.max(part.indexOf('='), 0)).trim(), part.slice(part.indexOf('=') + 1).trim()]))
  const scope = scopeOf(fields.get('Credential'))
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name))
  if (algorithm !== ALGORITHM) return { kind: 'malformed', why: `Unsupported AWS 'algorithm': '${algorithm ?? ''}'.`, scope }
  if (missing.length > 0) return { kind: 'malformed', why: missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '), scope }
  if (!scope) return { kind: 'malformed', why: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${fields.get('Credential') ?? ''}'`, scope }
  const query = pairsOrUndefined(rawQuery)
  if (!query) return { kind: 'malformed', why: 'The query is not properly encoded.', scope }
  return {
    kind: 'v4',
    scope,
    signedHeaders: (fields.get('SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: fields.get('Signature') ?? '',
    amzDate: headers['x-amz-date'] ?? '',
    securityToken: headers['x-amz-security-token'],
    expiresSeconds: undefined,
    query,
  }
}

function inQuery(rawQuery: string): Signature {
  const pairs = pairsOrUndefined(rawQuery) ?? []
  const value = (name: string) => pairs.find(([key]) => key === name)?.[1]
  const scope = scopeOf(value('X-Amz-Credential'))
  const missing = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-Date', 'X-Amz-SignedHeaders'].find((name) => !value(name))
  if (missing !== undefined || !scope) return { kind: 'malformed', why: `Query-string authentication version 4 requires ${missing ?? 'a valid X-Amz-Credential'}`, scope }
  if (value('X-Amz-Algorithm') !== ALGORITHM) return { kind: 'malformed', why: `X-Amz-Algorithm only supports "${ALGORITHM}"`, scope }
  return {
    kind: 'v4',
    scope,
    signedHeaders: (value('X-Amz-SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: value('X-Amz-Signature') ?? '',
    amzDate: value('X-Amz-Date') ?? '',
    securityToken: value('X-Amz-Security-Token'),
    expiresSeconds: value('X-Amz-Expires') ?? '',
    query: pairs.filter(([key]) => key !== 'X-Amz-Signature'),
  }
}

/** Presigned URLs of boto3 and the AWS CLI v1, where no signature version is chosen: `?AWSAccessKeyId=…&Signature=…&Expires=…`. */
function versionTwo(rawQuery: string): Signature {
  const pairs = new Map(pairsOrUndefined(rawQuery))
  const [accessKeyId, signature, expires] = [pairs.get('AWSAccessKeyId'), pairs.get('Signature'), pairs.get('Expires')]
  if (!accessKeyId || !signature || !expires) return { kind: 'malformed', why: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters', scope: undefined }
  return { kind: 'v2-presigned', accessKeyId, signature, expires, securityToken: pairs.get('x-amz-security-token') }
}

function scopeOf(credential: string | undefined): CredentialScope | undefined {
  const [accessKeyId, date, region, service, term, ...more] = credential?.split('/') ?? []
  if (!accessKeyId || !date || !region || !service || term !== 'aws4_request' || more.length > 0) return undefined
  return { accessKeyId, date, region, service }
}

function pairsOrUndefined(rawQuery: string): [string, string][] | undefined {
  try {
    return queryPairs(rawQuery)
  } catch {
    return undefined // not properly percent-encoded: the caller says so
  }
}
