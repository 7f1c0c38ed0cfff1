// sandbox/src/cloud/wire/http-answer.ts: sends an answer over a Node response.
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HttpAnswer } from './http-route.ts'

/** `date` is the cloud's time: SDKs correct their clock by it. Rejects when the connection is lost. */
export async function sendAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer, date: Date): Promise<void> {
  response.sendDate = false
  response.statusCode = status
  response.setHeader('date', date.toUTCString())
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  if (isStreamed(body)) {
    if (response.req.method !== 'HEAD') return pipeline(Readable.from(body), response)
    response.end()
    return
  }
  const length = body === undefined ? 0 : Buffer.byteLength(body)
  const isBodiless = response.req.method === 'HEAD' || status === 204 || status === 304
  if (!isBodiless) response.setHeader('content-length', length)
  response.end(isBodiless || length === 0 ? undefined : body) // Node sends a text, or nothing, in one piece with the headers
}

const isStreamed = (body: HttpAnswer['body']): body is Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
  typeof body === 'object' && !(body instanceof Uint8Array)
