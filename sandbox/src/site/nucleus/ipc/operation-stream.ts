// sandbox/src/site/nucleus/ipc/operation-stream.ts: one stream of a connection: a request, its response or error, and the events after it.
import type { Log } from '@fleet/log'
import type { JsonObject } from '../json.ts'
import { FLAG, MESSAGE, textHeader, type Headers } from './framing.ts'
import { gsonText, type GsonValue } from './gson.ts'
import { asIpcError, errorBody, IpcError } from './ipc-error.ts'
import { UNSUPPORTED_OPERATIONS, type EventStream, type IpcOperations } from './operation.ts'

export interface OperationStream {
  readonly isClosed: boolean
  /** The client has closed it, or the connection is lost. */
  readonly close: () => void
}

export interface StreamOptions {
  /** `aws.greengrass#GetConfiguration` */
  readonly operation: string
  readonly operations: IpcOperations
  readonly component: string
  /** undefined when it was no JSON object. */
  readonly request: JsonObject | undefined
  readonly log: Log
  readonly send: (part: { readonly type: number; readonly flags: number; readonly headers: Headers; readonly payload: Uint8Array }) => void
  readonly onEnd: () => void
}

const NAMESPACE = 'aws.greengrass#'

export function openStream({ operation, operations, component, request, log, send, onEnd }: StreamOptions): OperationStream {
  const name = operation.startsWith(NAMESPACE) ? operation.slice(NAMESPACE.length) : ''
  const closeListeners: (() => void)[] = []
  const state = { isClosed: false, hasResponded: false }
  const close = () => {
    if (state.isClosed) return
    state.isClosed = true
    for (const listener of closeListeners) listener()
    onEnd()
  }
  const write = (type: number, flags: number, model: string, body: GsonValue) => {
    if (!state.isClosed) send({ type, flags, headers: modelHeaders(model), payload: Buffer.from(gsonText(body)) })
  }
  const fail = (error: IpcError) => {
    log.debug('IPC request refused', { component, operation, error })
    write(MESSAGE.applicationError, FLAG.terminateStream, error.code, errorBody(error))
    close()
  }
  const stream: EventStream = {
    send: (type, event) => state.hasResponded && write(MESSAGE.application, FLAG.none, type, event),
    onClose: (listener) => void closeListeners.push(listener),
  }
  async function serve(): Promise<void> {
    const served = operations[name]
    if (served === undefined) throw new IpcError('ServiceError', `Operation ${operation} is not supported by Greengrass`)
    if (request === undefined) throw new IpcError('InvalidArgumentsError', 'The request is no JSON object')
    const response = await served.handle({ component, request, stream })
    write(MESSAGE.application, served.isStreaming ? FLAG.none : FLAG.terminateStream, `${name}Response`, response)
    state.hasResponded = true
    if (!served.isStreaming) close()
  }
  if (operations[name] === undefined && !UNSUPPORTED_OPERATIONS.has(name)) {
    const body = { error: 'Unsupported Operation', message: `${operation} is an unsupported operation.` }
    send({ type: MESSAGE.applicationError, flags: FLAG.terminateStream, headers: { ':content-type': textHeader('application/json') }, payload: Buffer.from(JSON.stringify(body)) })
    close()
  } else serve().catch((error: unknown) => fail(asIpcError(error)))
  return {
    get isClosed() {
      return state.isClosed
    },
    close,
  }
}

const modelHeaders = (model: string): Headers => ({ ':content-type': textHeader('application/json'), 'service-model-type': textHeader(`${NAMESPACE}${model}`) })
