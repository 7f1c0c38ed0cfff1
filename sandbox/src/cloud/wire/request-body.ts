// sandbox/src/cloud/wire/request-body.ts: reads a request's body whole, up to a limit.
import type { Readable } from 'node:stream'
import type { HttpRequest } from './http-route.ts'

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** @throws BodyTooLarge, at once when Content-Length already tells */
export async function readBody({ body, headers }: Pick<HttpRequest, 'body' | 'headers'>, limit: number): Promise<Buffer> {
  const length = Number(headers['content-length'] ?? 0)
  if (length > limit) throw new BodyTooLarge()
  if (length === 0 && headers['transfer-encoding'] === undefined) return EMPTY
  return gathered(body, limit)
}

/** By events: an asynchronous iterator of the stream takes several times as long for a small body. */
function gathered(body: Readable, limit: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let size = 0
  body
    .on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      body.destroy()
      reject(new BodyTooLarge())
    })
    .once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)))
    .once('error', reject)
    .once('close', () => reject(new Error('the connection was lost before the body had come')))
  return promise
}

const EMPTY = Buffer.alloc(0)
