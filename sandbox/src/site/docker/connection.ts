// sandbox/src/site/docker/connection.ts: HTTP requests of the docker stand-in, over the network of its Pi.
import { request, type IncomingMessage } from 'node:http'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { throughDoor } from '../network-door.ts'
import { daemonError } from './docker-error.ts'

const MOST_REDIRECTS = 5
const IDLE_MS = 60_000

/** A GET; redirects are followed, without the credentials when they lead to another host. The caller must read the body. */
export type Get = (url: URL, headers: Readonly<Record<string, string>>) => Promise<IncomingMessage>

/** `door`: the Unix socket that leads to the network of the Pi (network-door.ts); undefined where a test has none. */
export const getThrough = (door: string | undefined): Get => (url, headers) => get(url, headers, { door, redirects: 0 })

async function get(url: URL, headers: Readonly<Record<string, string>>, { door, redirects }: { readonly door: string | undefined; readonly redirects: number }): Promise<IncomingMessage> {
  const socket = await connection(url, door)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ method: 'GET', path: url.pathname + url.search, headers: { host: url.host, connection: 'close', ...headers }, createConnection: () => socket })
    asked.once('response', resolve)
    asked.once('error', (error) => reject(broken(url, error)))
    asked.setTimeout(IDLE_MS, () => asked.destroy(new Error('i/o timeout')))
    asked.end()
  })
  const { location } = response.headers
  const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) && location !== undefined
  if (!isRedirect || redirects === MOST_REDIRECTS) return response
  response.resume()
  const next = new URL(location, url)
  const { authorization: _, ...others } = headers
  return get(next, next.host === url.host ? headers : others, { door, redirects: redirects + 1 })
}

const MOST_BODY_BYTES = 4 * 1024 * 1024 // the distribution specification's advice for manifests

/** The whole body of a document. */
export async function bodyText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BODY_BYTES) throw daemonError('the registry answered with a document that is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function connection(url: URL, door: string | undefined): Promise<Socket> {
  const port = Number(url.port || (url.protocol === 'http:' ? 80 : 443))
  try {
    const socket = door === undefined ? await direct(url.hostname, port) : await throughDoor(door, url.hostname, port)
    return url.protocol === 'http:' ? socket : connectTls({ socket, ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : { host: url.hostname }) })
  } catch (error) {
    throw broken(url, error)
  }
}

async function direct(host: string, port: number): Promise<Socket> {
  const socket = connectTcp({ host, port })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** The nucleus tells a network failure, which it repeats, by these two words. */
export function broken(url: URL, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error)
  return daemonError(`Get "${url.origin}/v2/": dial tcp ${url.host}: ${why}`)
}
