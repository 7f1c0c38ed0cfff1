// sandbox/src/site/nucleus/cloud/s3.ts: the three requests to S3 that bring an artifact, signed with the device's role credentials.
import type { Readable } from 'node:stream'
import { isIP } from 'node:net'
import type { DeviceCredentials } from '../credentials/device-credentials.ts'
import { send, type HttpAccess, type HttpRequest, type HttpResponse } from './https.ts'
import { encodeStrictly, signed } from './signed-request.ts'

export interface S3Object {
  readonly bucket: string
  readonly key: string
}

export interface S3 {
  /** Region of the bucket. @throws S3Error, NetworkError */
  readonly location: (bucket: string) => Promise<string>
  readonly size: (object: S3Object, region: string) => Promise<number>
  /** Both ends included. */
  readonly read: (object: S3Object, region: string, range: { readonly from: number; readonly to: number }) => Promise<Readable>
}

export class S3Error extends Error {
  override readonly name = 'S3Exception'
  readonly status: number

  constructor(status: number, code: string, message: string) {
    super(`${message} (Service: S3, Status Code: ${status}, Error Code: ${code})`)
    this.status = status
  }
}

export interface S3Options {
  readonly access: HttpAccess
  readonly credentials: DeviceCredentials
  readonly environment: Readonly<Record<string, string>>
  readonly region: () => string
  readonly now: () => Date
}

export function openS3({ access, credentials, environment, region: ownRegion, now }: S3Options): S3 {
  const ask = async (object: Partial<S3Object> & { readonly bucket: string }, region: string, request: Pick<HttpRequest, 'method' | 'headers'> & { readonly query?: string }) => {
    const url = objectUrl(environment, region, object)
    url.search = request.query ?? ''
    const response = await send(access, signed({ method: request.method, url, ...(request.headers && { headers: request.headers }) }, await credentials.credentials(), { service: 's3', region, at: now() }))
    if (response.status < 200 || response.status >= 300) throw await s3Error(response)
    return response
  }
  return {
    async location(bucket) {
      const text = await (await ask({ bucket }, ownRegion(), { method: 'GET', query: '?location' })).text()
      return /<LocationConstraint[^>]*>([a-z0-9-]+)<\/LocationConstraint>/.exec(text)?.[1] ?? 'us-east-1' // S3 names that region by saying none
    },
    async size(object, region) {
      const response = await ask(object, region, { method: 'HEAD' })
      response.discard()
      return Number(response.headers['content-length'])
    },
    read: async (object, region, { from, to }) => (await ask(object, region, { method: 'GET', headers: { range: `bytes=${from}-${to}` } })).body,
  }
}

/** The SDK puts the bucket before the host, but not before an address; names below localhost are known on few machines. */
function objectUrl(environment: Readonly<Record<string, string>>, region: string, { bucket, key }: Partial<S3Object> & { readonly bucket: string }): URL {
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL
  const url = new URL(endpoint === undefined || endpoint === '' ? `https://s3.${region}.amazonaws.com` : endpoint)
  const path = key === undefined ? '/' : `/${key.split('/').map(encodeStrictly).join('/')}`
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isPathStyle = isIP(host) !== 0 || host === 'localhost'
  if (!isPathStyle) url.hostname = `${bucket}.${host}`
  url.pathname = isPathStyle ? `/${bucket}${path}` : path
  return url
}

async function s3Error(response: HttpResponse): Promise<S3Error> {
  const text = await response.text()
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? 'null'
  return new S3Error(response.status, element('Code'), element('Message'))
}
