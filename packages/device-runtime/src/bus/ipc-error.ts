// packages/device-runtime/src/bus/ipc-error.ts: what the nucleus says when it refuses a request, readable in a log.

/** `code` as in the IPC model: UnauthorizedError, ResourceNotFoundError, ServiceError … */
export class IpcRefusal extends Error {
  override readonly name = 'IpcRefusal'
  readonly code: string

  constructor(code: string, message: string, options: { cause: unknown }) {
    super(`${code}: ${message}`, options)
    this.code = code
  }
}

/** The SDK has one error class; the modelled error is in its `serviceError`, its code in the body as the nucleus writes it. */
export function ipcError(error: unknown): Error {
  const refusal = field(error, 'serviceError')
  const code = field(refusal, '_errorCode')
  if (typeof code === 'string') return new IpcRefusal(code, String(field(refusal, '_message') ?? field(refusal, 'message')), { cause: error })
  const reason = field(field(error, 'internalError'), 'message') ?? field(error, 'description')
  return new Error(`the nucleus connection failed: ${String(reason ?? error)}`, { cause: error })
}

const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined)
