// sandbox/src/cloud/lambda/runtime/messages.ts: what an execution environment (a worker thread) and the service say to each other.

/** What the worker is started with. Everything else comes by its environment variables, as in the Lambda runtime. */
export interface EnvironmentData {
  /** Folder that the function's code was unpacked into. */
  readonly taskRoot: string
  /** `index.handler` */
  readonly handler: string
  /** Major version of the runtime that the function asks for: 24 has no callback handlers. */
  readonly nodeMajor: number
  /** A file of the sandbox: beside it the AWS SDK is found that a bundle need not bring. */
  readonly sdkBeside: string
}

export interface Invocation {
  readonly requestId: string
  /** JSON text. */
  readonly event: string
  /** Epoch milliseconds at which the service ends the environment. */
  readonly deadlineMs: number
  readonly functionArn: string
  /** JSON text, from the caller. */
  readonly clientContext?: string
}

/** The payload of a failed invocation; Node.js runtimes call the stack `trace`. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type FromEnvironment =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  /** `entry`: a whole log entry, which may have several lines; else whatever was written to standard output or error. */
  | { readonly kind: 'output'; readonly text: string; readonly entry: boolean }
  | { readonly kind: 'answered'; readonly requestId: string; readonly payload: string; readonly memoryBytes: number }
  /** `final`: the environment ends with it. */
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: FunctionError; readonly memoryBytes: number; readonly final: boolean }
