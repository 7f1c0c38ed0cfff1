// sandbox/src/cloud/wire/signing.ts: signs a request as AWS's clients do; for tests and benches, which must be able to sign wrongly.
import { ALGORITHM, amzDateOf, canonicalPaths, canonicalRequest, type CredentialScope, sha256Hex, signatureOf, signingKeys, stringToSign } from './sigv4.ts'
import { queryPairs } from './uri-encoding.ts'

export interface Signable {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly region: string
  readonly service: string
  readonly at: Date
}

const signingKey = signingKeys()

/** The headers to send; `host` must be among those given. */
export function signedHeaders({ method, target, headers, body = '' }: Signable, signer: Signer): Record<string, string> {
  const [path = '/', rawQuery = ''] = target.split('?')
  const amzDate = amzDateOf(signer.at)
  const payloadHash = headers['x-amz-content-sha256'] ?? sha256Hex(body)
  const all: Record<string, string> = { ...headers, 'x-amz-date': amzDate, ...(signer.sessionToken === undefined ? {} : { 'x-amz-security-token': signer.sessionToken }), ...(signer.service === 's3' ? { 'x-amz-content-sha256': payloadHash } : {}) }
  const names = Object.keys(all).sort()
  const scope: CredentialScope = { accessKeyId: signer.accessKeyId, date: amzDate.slice(0, 8), region: signer.region, service: signer.service }
  const [canonicalPath] = canonicalPaths(path, signer.service)
  const canonical = canonicalRequest({ method, canonicalPath, query: queryPairs(rawQuery), headers: all, signedHeaders: names, payloadHash })
  const signature = signatureOf(signingKey(signer.secretAccessKey, scope), stringToSign(canonical, scope, amzDate))
  const credential = `${signer.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/aws4_request`
  return { ...all, authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}` }
}
