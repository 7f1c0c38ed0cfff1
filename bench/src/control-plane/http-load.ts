// bench/src/control-plane/http-load.ts: sends signed requests over a few connections for a while and counts the answers.
import { Agent, request } from 'node:http'
import { signedHeaders } from '@fleet/sandbox/cloud/wire/signing'
import { ACCOUNT, ROOT_KEY } from '../open-twin.ts'
import type { Call } from './calls.ts'

const CONNECTIONS = 8

/** Answers per second. @throws when one is not a success */
export async function answersPerSecond(url: string, call: (nth: number) => Call, { first, forMs }: { readonly first: number; readonly forMs: number }): Promise<{ readonly perSecond: number; readonly next: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const { hostname, port, host } = new URL(url)
  let next = first
  let answered = 0
  const began = performance.now()
  const sign = signer(host)
  const work = async () => {
    while (performance.now() - began < forMs) {
      await send({ agent, hostname, port }, sign(call(next++)))
      answered++
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  return { perSecond: answered / seconds, next }
}

interface To {
  readonly agent: Agent
  readonly hostname: string
  readonly port: string
}

type Signed = Pick<Call, 'method' | 'target' | 'body'> & { readonly headers: Readonly<Record<string, string | number>> }

/** A request that is sent again has the signature that it had: what is measured is the server, not this process. */
function signer(host: string): (call: Call) => Signed {
  const known = new Map<string, Signed>()
  const at = new Date()
  return ({ method, target, service, headers = {}, body = '' }) => {
    const key = `${method} ${target}`
    const before = known.get(key)
    if (before) return before
    const signed = signedHeaders({ method, target, headers: { ...headers, host }, body }, { ...ROOT_KEY, region: ACCOUNT.region, service, at })
    const request = { method, target, body, headers: { ...signed, 'content-length': Buffer.byteLength(body) } }
    known.set(key, request)
    return request
  }
}

function send({ agent, hostname, port }: To, { method, target, headers, body }: Signed): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const outgoing = request({ agent, hostname, port, method, path: target, headers }, (answer) => {
    const { statusCode = 0 } = answer
    if (statusCode >= 300) reject(new Error(`${method} ${target}: HTTP ${statusCode}`))
    answer.resume().once('end', () => resolve(undefined)).once('error', reject)
  })
  outgoing.once('error', reject).end(body)
  return promise
}
