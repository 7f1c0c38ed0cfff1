// console/src/cloud/s3.ts: small objects in the provisioning bucket, by two signed requests: S3's own client is larger than the rest of a page.
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { ObjectStore } from '@fleet/ops/aws/objects'
import type { Cloud } from './clients.ts'

/** @throws an Error with S3's code as its name */
export const storeOf = (cloud: Cloud): ObjectStore => ({
  async read(key) {
    const answer = await send(cloud, key, { method: 'GET' })
    if (answer.status === 404) {
      const failure = await failureIn(answer)
      if (failure.name === 'NoSuchKey') return undefined
      throw failure
    }
    if (!answer.ok) throw await failureIn(answer)
    return { text: await answer.text(), etag: answer.headers.get('etag') ?? '', storedAt: new Date(answer.headers.get('last-modified') ?? 0) }
  },
  async replace(key, text, { was, contentType }) {
    const answer = await send(cloud, key, { method: 'PUT', body: text, headers: { 'content-type': contentType, ...(was === undefined ? { 'if-none-match': '*' } : { 'if-match': was }) } })
    if (answer.ok) return true
    if (answer.status === 412 || answer.status === 409 || (answer.status === 404 && was !== undefined)) return false // as ops/src/aws/objects.ts
    throw await failureIn(answer)
  },
})

interface Wish {
  readonly method: 'GET' | 'PUT'
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** By the bucket's own name, or in the sandbox by its path (S3 guide, «Virtual hosting of buckets»). */
async function send({ config, names, session }: Cloud, key: string, { method, body, headers = {} }: Wish): Promise<Response> {
  const bucket = names.provisioningBucket
  const { sandbox } = session.settings
  const url = new URL(sandbox ? `${sandbox.gateway}/${bucket}/${key}` : `https://${bucket}.s3.${config.region}.amazonaws.com/${key}`)
  const signer = new SignatureV4({ service: 's3', region: config.region, credentials: config.credentials, sha256: Sha256, uriEscapePath: false })
  const request = { method, protocol: url.protocol, hostname: url.hostname, ...(url.port !== '' && { port: Number(url.port) }), path: url.pathname, query: {}, headers: { ...headers, host: url.host }, ...(body !== undefined && { body }) }
  const { host: _host, ...signed } = (await signer.sign(request)).headers
  return fetch(url, { method, headers: signed, cache: 'no-store', ...(body !== undefined && { body }) })
}

async function failureIn(answer: Response): Promise<Error> {
  const page = new DOMParser().parseFromString(await answer.text(), 'application/xml')
  const word = (name: string) => page.querySelector(name)?.textContent ?? ''
  return Object.assign(new Error(word('Message')), { name: word('Code') || `Http${answer.status}` })
}
