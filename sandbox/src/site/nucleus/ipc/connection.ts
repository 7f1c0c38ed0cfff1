// sandbox/src/site/nucleus/ipc/connection.ts: one component's connection: it proves who it is, then opens streams, each for one operation.
import type { Socket } from 'node:net'
import type { Log } from '@fleet/log'
import { isJsonObject, parseJson, type JsonObject } from '../json.ts'
import { encodeMessage, FLAG, headerText, MESSAGE, messageReader, textHeader, type Headers, type IpcMessage } from './framing.ts'
import { openStream, type OperationStream } from './operation-stream.ts'
import type { IpcOperations } from './operation.ts'

export interface ConnectionOptions {
  readonly socket: Socket
  readonly operations: IpcOperations
  readonly log: Log
  /** The component of this token. */
  readonly componentOf: (token: string) => string | undefined
}

const VERSION = '0.1.0'
const REFUSAL_DELAY_MS = 50 // the client of the AWS SDK tells a refusal from a lost connection only when it comes first

export function serveConnection({ socket, operations, log, componentOf }: ConnectionOptions): void {
  const streams = new Map<number, OperationStream>()
  let component: string | undefined
  let latestStream = 0
  const send = (message: Partial<IpcMessage> & { readonly type: number }) => {
    if (socket.writable) socket.write(encodeMessage({ flags: FLAG.none, streamId: 0, headers: {}, payload: new Uint8Array(), ...message }))
  }

  function connect({ headers, payload }: IpcMessage): void {
    const request = parseJson(Buffer.from(payload).toString('utf8'))
    const token = isJsonObject(request) ? request.authToken : undefined
    if (headerText(headers, ':version') === VERSION && typeof token === 'string') component = componentOf(token)
    send({ type: MESSAGE.connectAck, flags: component === undefined ? FLAG.none : FLAG.connectionAccepted })
    if (component !== undefined) return
    log.warn('Unrecognized client connecting to GGC over IPC')
    setTimeout(() => socket.end(), REFUSAL_DELAY_MS)
  }
  function protocolMessage(message: IpcMessage): void {
    if (message.type === MESSAGE.connect) connect(message)
    else if (message.type === MESSAGE.ping) send({ type: MESSAGE.pingResponse, headers: withoutReserved(message.headers), payload: message.payload })
    else if (message.type !== MESSAGE.pingResponse) {
      send({ type: MESSAGE.serverError, headers: JSON_CONTENT, payload: Buffer.from('{ "error": "Unrecognized Message Type" }') })
      socket.end()
    }
  }
  function streamMessage(message: IpcMessage): void {
    if (component === undefined) return void socket.destroy()
    const open = streams.get(message.streamId)
    if (open !== undefined) {
      if (message.flags & FLAG.terminateStream) open.close()
      return
    }
    if (message.streamId <= latestStream) return // late, for a stream that is closed
    latestStream = message.streamId
    const operation = headerText(message.headers, 'operation')
    if (operation === undefined || message.flags & FLAG.terminateStream) return
    const { streamId } = message
    const stream = openStream({ operation, operations, component, log, request: requestOf(message), send: (part) => send({ ...part, streamId }), onEnd: () => streams.delete(streamId) })
    if (!stream.isClosed) streams.set(streamId, stream)
  }

  const read = messageReader((message) => (message.streamId === 0 ? protocolMessage(message) : streamMessage(message)))
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch (error) {
      log.warn('an IPC client sends what is no message', { error })
      socket.destroy()
    }
  })
  socket.on('error', () => {}) // «close» follows
  socket.on('close', () => {
    for (const stream of [...streams.values()]) stream.close()
  })
}

export const JSON_CONTENT: Headers = { ':content-type': textHeader('application/json') }

function requestOf({ payload }: IpcMessage): JsonObject | undefined {
  const request = payload.length === 0 ? {} : parseJson(Buffer.from(payload).toString('utf8'))
  return isJsonObject(request) ? request : undefined
}

const withoutReserved = (headers: Headers): Headers => Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
