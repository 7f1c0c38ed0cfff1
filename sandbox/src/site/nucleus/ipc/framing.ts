// sandbox/src/site/nucleus/ipc/framing.ts: the event-stream messages of Greengrass IPC on a byte stream (facts: gateway-and-ipc §2).
import { EventStreamCodec } from '@smithy/core/event-streams'

/** `:message-type`; the numbers of event-stream RPC. */
export const MESSAGE = { application: 0, applicationError: 1, ping: 2, pingResponse: 3, connect: 4, connectAck: 5, protocolError: 6, serverError: 7 } as const
/** `:message-flags` */
export const FLAG = { none: 0, connectionAccepted: 1, terminateStream: 2 } as const

export type Headers = Readonly<Record<string, HeaderValue>>
export type HeaderValue = Parameters<EventStreamCodec['encode']>[0]['headers'][string]

export interface IpcMessage {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  /** Those without the three above. */
  readonly headers: Headers
  readonly payload: Uint8Array
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'), // it hands over the bytes of a header
  (text) => Buffer.from(text, 'utf8'),
)
const MOST_BYTES = 24 * 1024 * 1024 // of one message, by the event-stream format

export function encodeMessage({ type, flags, streamId, headers, payload }: IpcMessage): Uint8Array {
  const integer = (value: number) => ({ type: 'integer' as const, value })
  return codec.encode({ headers: { ':message-type': integer(type), ':message-flags': integer(flags), ':stream-id': integer(streamId), ...headers }, body: payload })
}

export const textHeader = (value: string): HeaderValue => ({ type: 'string', value })

export function headerText(headers: Headers, name: string): string | undefined {
  const header = headers[name]
  return header?.type === 'string' ? header.value : undefined
}

/** Takes the bytes as they come and hands over each message when it is whole. @throws Error for what is none */
export function messageReader(take: (message: IpcMessage) => void): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = []
  let have = 0
  let need = 4
  return (chunk) => {
    chunks.push(chunk)
    have += chunk.length
    while (have >= need) {
      const bytes = chunks.length === 1 ? (chunks[0] ?? chunk) : Buffer.concat(chunks, have)
      chunks = [bytes]
      const total = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
      if (total < 16 || total > MOST_BYTES) throw new Error(`a message of ${total} bytes is none`)
      need = total
      if (have < total) return
      take(decode(bytes.subarray(0, total)))
      chunks = [bytes.subarray(total)]
      have -= total
      need = 4
    }
  }
}

function decode(bytes: Uint8Array): IpcMessage {
  const { headers, body } = codec.decode(bytes)
  const { ':message-type': type, ':message-flags': flags, ':stream-id': streamId, ...others } = headers
  return { type: integerOf(type), flags: integerOf(flags), streamId: integerOf(streamId), headers: others, payload: body }
}

const integerOf = (header: HeaderValue | undefined) => (header?.type === 'integer' ? header.value : -1)
