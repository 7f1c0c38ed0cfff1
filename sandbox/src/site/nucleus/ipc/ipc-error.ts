// sandbox/src/site/nucleus/ipc/ipc-error.ts: the errors of the IPC model, as clients read them.
import type { JsonObject } from '../json.ts'

export type IpcErrorCode = 'UnauthorizedError' | 'InvalidArgumentsError' | 'ResourceNotFoundError' | 'ServiceError' | 'FailedUpdateConditionCheckError' | 'InvalidTokenError'

export class IpcError extends Error {
  override readonly name = 'IpcError'
  readonly code: IpcErrorCode
  readonly details: JsonObject

  constructor(code: IpcErrorCode, message: string, details: JsonObject = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** What is no error of the model becomes ServiceError with its message, as in the nucleus. */
export function asIpcError(error: unknown): IpcError {
  if (error instanceof IpcError) return error
  return new IpcError('ServiceError', error instanceof Error ? error.message : String(error))
}

export const errorBody = ({ code, message, details }: IpcError): JsonObject => ({ message, ...details, _service: 'aws.greengrass#GreengrassCoreIPC', _message: message, _errorCode: code })
