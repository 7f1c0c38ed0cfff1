// sandbox/src/cloud/lambda/runtime/errors.ts: how the Node.js runtime of Lambda reports what a function threw.
import type { FunctionError } from './messages.ts'

/** An error of the runtime itself: `Runtime.ImportModuleError` … */
export class RuntimeError extends Error {
  constructor(type: RuntimeErrorType, message: string) {
    super(message)
    this.name = `Runtime.${type}`
  }
}

export type RuntimeErrorType =
  | 'CallbackHandlerDeprecated'
  | 'HandlerNotFound'
  | 'ImportModuleError'
  | 'MalformedHandlerName'
  | 'NodeJsExit'
  | 'UnhandledPromiseRejection'
  | 'UserCodeSyntaxError'

/** The payload for what was thrown, which need not be an Error. */
export function functionError(thrown: unknown): FunctionError {
  if (!isError(thrown)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') }
}

/** One line for the log: the same, with the error's own enumerable properties. */
export function describeError(thrown: unknown): string {
  const error = isError(thrown) ? thrown : new Error(String(thrown))
  try {
    return JSON.stringify(error, (_key, value: unknown) => (isError(value) ? withProperties(value) : value))
  } catch {
    return JSON.stringify(functionError(error)) // a property that cannot be JSON
  }
}

const withProperties = (error: Error) => ({
  errorType: error.name,
  errorMessage: error.message,
  ...('code' in error ? { code: error.code } : {}),
  ...Object.fromEntries(Object.entries(error)),
  stack: (error.stack ?? '').split('\n'),
})

const isError = (thrown: unknown): thrown is Error => thrown instanceof Error
