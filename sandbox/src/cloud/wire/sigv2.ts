// sandbox/src/cloud/wire/sigv2.ts: the old signature of presigned S3 URLs, which boto3 and the AWS CLI v1 still write by default («Signing and authenticating REST requests», S3 guide).
import { createHmac, timingSafeEqual } from 'node:crypto'
import { s3Address } from './s3-addressing.ts'
import { queryPairs } from './uri-encoding.ts'

interface Signed {
  readonly method: string
  readonly path: string
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

export function holdsVersionTwo(request: Signed, { signature, expires }: { readonly signature: string; readonly expires: string }, secretAccessKey: string): boolean {
  const expected = createHmac('sha1', secretAccessKey).update(stringToSign(request, expires)).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Headers that matter may have moved into the query. */
function stringToSign({ method, path, rawQuery, headers }: Signed, expires: string): string {
  const query = new Map(queryPairs(rawQuery))
  const value = (name: string) => query.get(name) ?? headers[name] ?? ''
  const names = new Set([...Object.keys(headers), ...query.keys()].filter((name) => name.startsWith('x-amz-')))
  const amzHeaders = [...names].sort().map((name) => `${name}:${value(name)}\n`)
  return [method, value('content-md5'), value('content-type'), expires, amzHeaders.join('') + resourceOf(path, headers['host'] ?? '', query)].join('\n')
}

function resourceOf(path: string, host: string, query: ReadonlyMap<string, string>): string {
  const bucket = s3Address(host, '/').bucket // only named by the host
  const subresources = [...query]
    .filter(([name]) => SUBRESOURCES.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return `${bucket === undefined ? '' : `/${bucket}`}${path}${subresources.length > 0 ? `?${subresources.join('&')}` : ''}`
}

const SUBRESOURCES = new Set(
  'accelerate acl analytics cors delete inventory lifecycle location logging metrics notification object-lock partNumber policy replication requestPayment response-cache-control response-content-disposition response-content-encoding response-content-language response-content-type response-expires restore select select-type storageClass tagging torrent uploadId uploads versionId versioning versions website'.split(' '),
)
