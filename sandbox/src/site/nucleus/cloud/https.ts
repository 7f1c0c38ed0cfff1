// sandbox/src/site/nucleus/cloud/https.ts: one HTTP request through the device's network, with its certificate where the server asks for one.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { PiNetwork, TlsOptions } from '../../network.ts'

export interface HttpRequest {
  readonly url: URL
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** To be read to its end, or dropped by `discard`. */
  readonly body: IncomingMessage
  readonly text: () => Promise<string>
  readonly discard: () => void
}

export interface HttpAccess {
  readonly network: PiNetwork
  readonly signal: AbortSignal
  /** For https URLs. */
  readonly tls: () => Promise<TlsOptions>
}

const SOCKET_TIMEOUT_MS = 30_000

/** The request did not reach the server, or its answer did not arrive: the device is offline, or so it seems. */
export class NetworkError extends Error {
  override readonly name = 'SdkClientException'
}

/** @throws NetworkError */
export async function send({ network, signal, tls }: HttpAccess, { url, method, headers = {}, body = '' }: HttpRequest): Promise<HttpResponse> {
  const isTls = url.protocol === 'https:'
  const port = Number(url.port) || (isTls ? 443 : 80)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const options = isTls ? { ...(await tls()), alpnProtocols: ['x-amzn-http-ca', 'http/1.1'] } : undefined
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest({
      ...{ method, signal, path: `${url.pathname}${url.search}`, timeout: SOCKET_TIMEOUT_MS },
      headers: { host: url.host, ...headers, ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }) },
      createConnection: () => (options === undefined ? network.connect(host, port) : network.connectTls(host, port, options)),
    })
    request.once('response', resolve)
    request.once('timeout', () => request.destroy(new Error(`no answer within ${SOCKET_TIMEOUT_MS / 1000} s`)))
    request.once('error', reject)
    request.end(body)
  }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new NetworkError(`Unable to execute HTTP request: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
  return responseOf(response)
}

function responseOf(response: IncomingMessage): HttpResponse {
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
    body: response,
    async text() {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer) // no encoding is set
      return Buffer.concat(chunks).toString('utf8')
    },
    discard: () => void response.destroy(),
  }
}
