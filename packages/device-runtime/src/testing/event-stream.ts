// packages/device-runtime/src/testing/event-stream.ts: messages of the AWS event stream on a socket: a 32-bit total length, then headers, payload and checksums.
import type { Socket } from 'node:net'
import { EventStreamCodec } from '@smithy/core/event-streams'
import { fromUtf8, toUtf8 } from '@smithy/core/serde'

/** Types and flags of the IPC protocol (aws-crt, eventstream.MessageType and MessageFlags). */
export const TYPE = { application: 0, error: 1, connect: 4, connectAck: 5 } as const
export const FLAG = { none: 0, accepted: 1, terminate: 2 } as const

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

const codec = new EventStreamCodec(toUtf8, fromUtf8)

export function writeFrame(socket: Socket, { type, flags, stream, headers = {}, body }: Frame): void {
  const integer = (value: number) => ({ type: 'integer' as const, value })
  const text = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }] as const)
  socket.write(
    codec.encode({
      headers: { ':message-type': integer(type), ':message-flags': integer(flags), ':stream-id': integer(stream), ...Object.fromEntries(text) },
      body: body === undefined ? new Uint8Array() : fromUtf8(JSON.stringify(body)),
    }),
  )
}

/** Calls `listen` with each whole message. */
export function onFrame(socket: Socket, listen: (frame: Required<Frame>) => void): void {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= received.readUInt32BE(0)) {
      const length = received.readUInt32BE(0)
      listen(decode(received.subarray(0, length)))
      received = received.subarray(length)
    }
  })
}

function decode(bytes: Uint8Array): Required<Frame> {
  const { headers, body } = codec.decode(bytes)
  const value = (name: string): unknown => headers[name]?.value
  const number = (name: string) => Number(value(name) ?? 0)
  const operation = value('operation')
  return {
    type: number(':message-type'),
    flags: number(':message-flags'),
    stream: number(':stream-id'),
    headers: typeof operation === 'string' ? { operation } : {},
    body: body.length === 0 ? {} : (JSON.parse(toUtf8(body)) as object), // a request is a JSON object
  }
}
