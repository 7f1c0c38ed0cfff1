// sandbox/src/cloud/lambda/runtime/run-handler.ts: calls a handler once and tells when, and how, the invocation ended.
import { RuntimeError } from './errors.ts'
import type { Handler } from './load-handler.ts'
import type { Invocation } from './messages.ts'

export type Ending = { readonly kind: 'returned'; readonly value: unknown } | { readonly kind: 'threw'; readonly thrown: unknown }

export interface Running {
  readonly ended: Promise<Ending>
  /** Nothing is left to do in this thread. */
  eventLoopEmpty(): void
}

/**
 * A promise ends the invocation when it settles. A callback ends it when the event loop is empty, unless the function set
 * `context.callbackWaitsForEmptyEventLoop` to false. (AWS Lambda developer guide, «Define Lambda function handler in Node.js».)
 */
export function runHandler(handler: Handler, invocation: Invocation, env: NodeJS.ProcessEnv): Running {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>()
  let onEmpty = () => resolve(unsettled(handler))
  let waits = true
  const fail = (thrown: unknown) => resolve({ kind: 'threw', thrown: thrown ?? 'handled' })
  const succeed = (value?: unknown) => resolve({ kind: 'returned', value })
  const callback = (thrown?: unknown, value?: unknown) => {
    if (thrown !== undefined && thrown !== null) return fail(thrown)
    if (!waits) return succeed(value)
    onEmpty = () => succeed(value)
  }
  const context = {
    ...contextOf(invocation, env),
    get callbackWaitsForEmptyEventLoop() {
      return waits
    },
    set callbackWaitsForEmptyEventLoop(value: boolean) {
      waits = value
    },
    succeed,
    fail,
    done: (thrown?: unknown, value?: unknown) => (thrown === undefined || thrown === null ? succeed(value) : fail(thrown)),
  }
  try {
    const result = handler(JSON.parse(invocation.event), context, callback)
    if (isThenable(result)) result.then(succeed, fail)
  } catch (thrown) {
    fail(thrown)
  }
  return { ended, eventLoopEmpty: () => onEmpty() }
}

function contextOf({ requestId, functionArn, deadlineMs, clientContext }: Invocation, env: NodeJS.ProcessEnv) {
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    clientContext: clientContext === undefined ? undefined : (JSON.parse(clientContext) as unknown),
    identity: undefined,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  }
}

/** Nothing is left that could settle it: an async function has failed, any other is taken to have meant null. */
function unsettled(handler: Handler): Ending {
  if (handler.constructor.name !== 'AsyncFunction') return { kind: 'returned', value: null }
  return { kind: 'threw', thrown: new RuntimeError('NodeJsExit', 'The function ended without settling the promise that it returned.') }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
