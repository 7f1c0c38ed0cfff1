// console/src/aws/call.ts: one call of an AWS API by fetch, signed: what a page needs of the SDK, in a tenth of its size.
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { withDates, type Json } from './json.ts'

export interface Configuration {
  readonly region: string
  /** Of another cloud than AWS. */
  readonly endpoint?: string
  readonly credentials?: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }>
}

export interface Service {
  /** Of the host: `iot.eu-central-1.amazonaws.com`. */
  readonly prefix: string
  readonly signedAs: string
  /** Of AWS's JSON protocols: before the operation's name in `x-amz-target`. */
  readonly target?: string
}

export interface Wire {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const MOST_ATTEMPTS = 3
const PAUSE_MS = 300
const WORTH_ANOTHER = new Set(['ThrottlingException', 'TooManyRequestsException', 'LimitExceededException', 'ServiceUnavailableException', 'InternalServerException', 'InternalFailureException'])

/** Tried again, with growing pauses, when AWS asks for patience. @throws an Error with AWS's code as its name */
export async function call(service: Service, configuration: Configuration, wire: Wire, signal?: AbortSignal): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const { url, headers } = await signed(service, configuration, wire)
    const answer = await fetch(url, { method: wire.method, headers, cache: 'no-store', ...(signal && { signal }), ...(wire.body !== undefined && { body: wire.body as BodyInit }) }) // bytes of ours are no shared memory
    if (answer.ok) return answer
    const failure = await failureIn(answer)
    if (attempt === MOST_ATTEMPTS || !WORTH_ANOTHER.has(failure.name)) throw failure
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt * (0.5 + Math.random())))
  }
}

async function signed({ prefix, signedAs }: Service, { region, endpoint, credentials }: Configuration, { method, path, headers = {}, body }: Wire) {
  const url = new URL(path, endpoint ?? `https://${prefix}.${region}.amazonaws.com`)
  if (!credentials) return { url, headers }
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name)
  const signer = new SignatureV4({ service: signedAs, region, credentials, sha256: Sha256 })
  const request = { method, protocol: url.protocol, hostname: url.hostname, ...(url.port !== '' && { port: Number(url.port) }), path: url.pathname, query, headers: { ...headers, host: url.host }, ...(body !== undefined && { body }) }
  const { host: _host, ...signedHeaders } = (await signer.sign(request)).headers
  return { url, headers: signedHeaders }
}

async function failureIn(answer: Response): Promise<Error> {
  const body = withDates(await answer.json().catch(() => ({}))) as Record<string, Json> // an object, or none
  const type = answer.headers.get('x-amzn-errortype') ?? body['__type'] ?? body['code'] ?? `Http${answer.status}`
  const name = (typeof type === 'string' ? type : 'Error').replace(/:.*$/, '').replace(/^.*#/, '')
  const message = body['message'] ?? body['Message']
  return Object.assign(new Error(typeof message === 'string' ? message : ''), { name, $metadata: { httpStatusCode: answer.status } })
}
