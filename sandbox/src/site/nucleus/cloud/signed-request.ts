// sandbox/src/site/nucleus/cloud/signed-request.ts: signs a request with role credentials (IAM guide, «AWS API Request Signing»); the SDK's signer takes 12 MB for it.
import { createHash, createHmac } from 'node:crypto'
import type { AwsCredentials } from '../credentials/device-credentials.ts'
import type { HttpRequest } from './https.ts'

export interface SigningScope {
  readonly service: 's3' | 'ecr' | 'logs'
  readonly region: string
  readonly at: Date
}

/** The path of `url` must be encoded as S3 and ECR read it, so that it can be signed as it is. */
export function signed(request: HttpRequest, credentials: AwsCredentials, { service, region, at }: SigningScope): HttpRequest {
  const amzDate = at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const payloadHash = sha256(request.body ?? '')
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': amzDate,
    'x-amz-security-token': credentials.sessionToken,
  }
  const names = Object.keys(headers).map((name) => name.toLowerCase()).sort()
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]?.trim() ?? ''}\n`).join('')
  const canonical = [request.method, request.url.pathname, canonicalQuery(request.url), canonicalHeaders, names.join(';'), payloadHash].join('\n')
  const scope = `${amzDate.slice(0, 8)}/${region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical)].join('\n')
  const key = scope.split('/').reduce<string | Buffer>((parent, part) => hmac(parent, part), `AWS4${credentials.secretAccessKey}`)
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`
  return { ...request, headers: { ...headers, authorization } }
}

/** Every octet but the unreserved ones of RFC 3986. */
export const encodeStrictly = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function canonicalQuery({ searchParams }: URL): string {
  const pairs = [...searchParams].map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
  return pairs.sort().join('&')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
