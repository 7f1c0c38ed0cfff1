// sandbox/src/cloud/wire/request-body.ts: reads a request's body whole, up to a limit.
import type { HttpRequest } from './http-route.ts'

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** @throws BodyTooLarge, at once when Content-Length already tells */
export async function readBody({ body, headers }: Pick<HttpRequest, 'body' | 'headers'>, limit: number): Promise<Buffer> {
  const length = Number(headers['content-length'] ?? 0)
  if (length > limit) throw new BodyTooLarge()
  if (length === 0 && headers['transfer-encoding'] === undefined) return EMPTY
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    const bytes = chunk as Buffer // a request without encoding gives buffers
    size += bytes.length
    if (size > limit) throw new BodyTooLarge()
    chunks.push(bytes)
  }
  const [only] = chunks
  return chunks.length === 1 && only ? only : Buffer.concat(chunks, size)
}

const EMPTY = Buffer.alloc(0)
