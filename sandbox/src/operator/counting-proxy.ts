// sandbox/src/operator/counting-proxy.ts: tests only: stands between a client and the cloud, counts the requests, and can be there when one comes.
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CountingProxy extends AsyncDisposable {
  readonly url: string
  /** `GET /things`, `POST AmazonEC2ContainerRegistry_V20150921.BatchGetImage`, `POST GetPolicy`; in the order in which they came. */
  readonly calls: string[]
  /** Called with each request's number, from 1, before it goes on. What it does meanwhile has happened before. */
  before: (call: number) => void | Promise<void>
  /** Called after `before`: what it gives is answered, and the cloud does not hear of the request. */
  instead: (call: number) => Instead | undefined
  /** The same when the cloud has answered, before the answer goes back. */
  after: (call: number) => void | Promise<void>
}

export interface Instead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export async function countingProxy(cloud: string): Promise<CountingProxy> {
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy()) // the client has gone
  })
  const { hostname, port } = new URL(cloud)

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming)
    const call = proxy.calls.push(nameOf(incoming, body))
    await proxy.before(call)
    const instead = proxy.instead(call)
    if (instead) return void outgoing.writeHead(instead.status, instead.headers).end(instead.body)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method, url, headers } = incoming
      // The Host header stays as it was: it is signed.
      send({ hostname, port, method, path: url, headers, setHost: false }, resolve).once('error', reject).end(body)
    })
    const content = await bytesOf(answer)
    await proxy.after(call)
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    outgoing.end(content)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: CountingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has this kind of address
    calls: [],
    before: () => {},
    instead: () => undefined,
    after: () => {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

/** Of the query protocol the operation stands in the body. */
function nameOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer): string {
  const target = headers['x-amz-target']
  const action = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true ? new URLSearchParams(body.toString()).get('Action') : null
  return `${method} ${typeof target === 'string' ? target : (action ?? url.split('?')[0] ?? '')}`
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
