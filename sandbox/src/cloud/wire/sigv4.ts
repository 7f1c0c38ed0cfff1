// sandbox/src/cloud/wire/sigv4.ts: computes AWS Signature Version 4 («AWS API Request Signing» in the IAM guide); no policy, no clock.
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { encodePath, encodeUri } from './uri-encoding.ts'

/** `<access key>/20261121/eu-central-1/iot/aws4_request`, taken apart. */
export interface CredentialScope {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
}

export interface CanonicalInput {
  readonly method: string
  readonly canonicalPath: string
  readonly query: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly signedHeaders: readonly string[]
  readonly payloadHash: string
}

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'
export const ALGORITHM = 'AWS4-HMAC-SHA256'

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex')

export function canonicalRequest({ method, canonicalPath, query, headers, signedHeaders, payloadHash }: CanonicalInput): string {
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${trimmed(headers[name] ?? '')}\n`).join('')
  return [method, canonicalPath, canonicalQuery(query), canonicalHeaders, signedHeaders.join(';'), payloadHash].join('\n')
}

/** Sorted by encoded name, then by encoded value. */
const canonicalQuery = (query: CanonicalInput['query']): string =>
  query
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

const trimmed = (value: string) => value.trim().replace(/ +/g, ' ')

/**
 * S3 signs the path as it is; all others normalise it and encode it once more. Clients leave different characters of an S3 key
 * unencoded, so that both spellings are offered.
 */
export function canonicalPaths(rawPath: string, service: string): readonly [string, ...string[]] {
  if (service !== 's3') return [encodePath(withoutDots(rawPath))]
  try {
    return [rawPath, encodePath(decodeURIComponent(rawPath))]
  } catch {
    return [rawPath] // not properly percent-encoded: signed as it is, refused by the routing
  }
}

/** RFC 3986 §5.2.4, and no empty segments. */
function withoutDots(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}

export const stringToSign = (canonical: string, { date, region, service }: CredentialScope, amzDate: string): string =>
  [ALGORITHM, amzDate, `${date}/${region}/${service}/aws4_request`, sha256Hex(canonical)].join('\n')

export const signatureOf = (key: KeyObject, text: string): string => createHmac('sha256', key).update(text).digest('hex')

/** One key serves a whole day, so the last ones are kept; as KeyObjects, since OpenSSL takes five times as long over bytes. */
export function signingKeys(mostKept = 1000): (secretAccessKey: string, scope: CredentialScope) => KeyObject {
  const kept = new Map<string, KeyObject>()
  return (secretAccessKey, { date, region, service }) => {
    const name = `${secretAccessKey}/${date}/${region}/${service}`
    let key = kept.get(name)
    if (!key) {
      const parts = [date, region, service, 'aws4_request']
      key = createSecretKey(parts.reduce((parent, part) => createHmac('sha256', parent).update(part).digest(), Buffer.from(`AWS4${secretAccessKey}`)))
      if (kept.size >= mostKept) kept.clear()
      kept.set(name, key)
    }
    return key
  }
}

/** `20261121T101500Z` */
export const amzDateOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, '')

/** @returns undefined when it is not such a date */
export function parseAmzDate(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const at = new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`)
  return Number.isNaN(at.getTime()) ? undefined : at
}
