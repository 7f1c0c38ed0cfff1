// packages/device-runtime/src/bus/ipc-connection.ts: one connection to the nucleus on which every call ends; the SDK's own hang when it is lost.
import { realpath } from 'node:fs'
import { promisify } from 'node:util'
import { io } from 'aws-crt'
import { createClient, type Client } from 'aws-iot-device-sdk-v2/dist/greengrasscoreipc.js'
import type { StreamingOperation } from 'aws-iot-device-sdk-v2/dist/eventstream_rpc.js'
import { ipcError } from './ipc-error.ts'
import { closeStreamsOnce } from './ipc-stream-closing.ts'

export interface IpcAddress {
  readonly socketPath: string
  /** SVCUID */
  readonly token: string
}

export interface IpcConnection {
  /** Makes the request; rejects with its error or when the connection is lost, and gives the connection up when there is no answer. */
  call<T>(request: (client: Client) => Promise<T>): Promise<T>
  /** Opens a stream; resolves when the nucleus has accepted it. */
  stream<Message>(open: (client: Client) => StreamOf<Message>, on: StreamListener<Message>): Promise<IpcStream>
  /** Calls `listener` when the connection is lost, at once if it is. */
  readonly onLost: (listener: (why: Error) => void) => void
  close(): Promise<void>
}

export type StreamOf<Message> = Pick<StreamingOperation<unknown, unknown, never, Message>, 'activate' | 'close' | 'on'>

export interface StreamListener<Message> {
  readonly onMessage: (message: Message) => void
  /** The stream ended, but not because we closed it. */
  readonly onEnd: (why: Error) => void
}

export interface IpcStream {
  close(): Promise<void>
}

const CONNECT_MS = 10_000
const CALL_MS = 10_000 // the nucleus answers within milliseconds
const SUBSCRIBE_MS = 45_000 // a subscription to a cloud topic waits for the broker, up to the nucleus's operationTimeoutMs of 30 s

export async function connectIpc({ socketPath, token }: IpcAddress): Promise<IpcConnection> {
  closeStreamsOnce()
  const client = createClient({
    hostName: await promisify(realpath)(socketPath), // the path of a socket is limited to some 100 bytes, a symlink's is not
    port: 0,
    socketOptions: new io.SocketOptions(io.SocketType.STREAM, io.SocketDomain.LOCAL),
    connectTransform: async ({ message }) => ({ ...message, payload: JSON.stringify({ authToken: token }) }),
  })
  const calls = endingCalls()
  client.on('disconnection', (event) => calls.lose(new Error(`the nucleus has gone: ${event?.reason.message ?? 'connection closed'}`)))
  const close = () => client.close()
  try {
    await calls.bounded(() => client.connect(), { withinMs: CONNECT_MS })
  } catch (error) {
    await close()
    throw error
  }
  return {
    call: (request) => calls.bounded(() => request(client), { withinMs: CALL_MS, onLate: close }), // else the SDK would keep the call for ever
    stream: (open, on) => openStream(open(client), on, calls),
    onLost: calls.onLost,
    close,
  }
}

async function openStream<Message>(operation: StreamOf<Message>, { onMessage, onEnd }: StreamListener<Message>, calls: EndingCalls): Promise<IpcStream> {
  let closing = false
  const close = async () => {
    closing = true
    await operation.close()
  }
  const end = (why: Error) => closing || onEnd(why)
  operation.on('message', onMessage)
  operation.on('streamError', (error) => end(ipcError(error)))
  operation.on('ended', () => end(new Error('the nucleus has ended the stream')))
  try {
    await calls.bounded(() => operation.activate(), { withinMs: SUBSCRIBE_MS })
  } catch (error) {
    await close()
    throw error
  }
  return { close }
}

interface EndingCalls {
  bounded<T>(call: () => Promise<T>, limit: { readonly withinMs: number; readonly onLate?: () => Promise<void> }): Promise<T>
  readonly lose: (why: Error) => void
  readonly onLost: (listener: (why: Error) => void) => void
}

/** Remembers the pending calls, so that the loss of the connection and a time-out can end each of them, and forgets them when they end. */
function endingCalls(): EndingCalls {
  const waiting = new Set<(why: Error) => void>()
  let lost: Error | undefined
  const onLost = (listener: (why: Error) => void) => {
    if (lost === undefined) waiting.add(listener)
    else listener(lost)
  }
  return {
    onLost,
    lose(why) {
      lost ??= why
      for (const listener of [...waiting]) listener(lost)
    },
    bounded: (call, { withinMs, onLate }) =>
      new Promise((resolve, reject) => {
        const finish = () => (clearTimeout(timer), waiting.delete(fail))
        const fail = (why: Error) => (finish(), reject(why))
        const late = () => {
          fail(new Error(`the nucleus has not answered within ${withinMs / 1000} s`))
          onLate?.().catch(reject) // what follows is told by onLost
        }
        const timer = setTimeout(late, withinMs)
        onLost(fail)
        if (lost === undefined) call().then(resolve, (error: unknown) => reject(ipcError(error))).finally(finish)
      }),
  }
}
