// sandbox/src/opening/deployed-page.ts: asks the distribution of the stack for the console's files, by its own name and HTTPS, at the twin's gateway.
import { request, Agent } from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { AskPage } from '../control/page.ts'

export interface Edge {
  /** `https://d….cloudfront.net`: nothing answers there; the gateway does, when it is asked for this host. */
  readonly url: string
  readonly gatewayPort: () => number
  readonly caPem: string
}

export function deployedPage({ url, gatewayPort, caPem }: Edge): AskPage {
  const { host } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  return (path, headers) =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: gatewayPort(), servername: 'localhost', ca: caPem, path, headers: { ...headers, host }, agent })
      asked.on('error', reject)
      asked.on('response', (response) => {
        const told = Object.entries(response.headers).flatMap(([name, value]) => (typeof value === 'string' && !HOP_BY_HOP.includes(name) ? [[name, value]] : []))
        buffer(response).then((body) => resolve({ status: response.statusCode ?? 502, headers: Object.fromEntries(told) as Record<string, string>, body: new Uint8Array(body) }), reject)
      })
      asked.end()
    })
}

/** RFC 9110 §7.6.1: of one connection. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'date']
