// sandbox/src/cloud/lambda/runtime/environment.ts: entry of an execution environment's worker thread: loads the function, then runs it call by call.
import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { offerAwsSdk } from './aws-sdk-resolution.ts'
import { describeError, functionError, RuntimeError } from './errors.ts'
import { loadHandler, type Handler } from './load-handler.ts'
import type { EnvironmentData, FromEnvironment, FunctionError, Invocation } from './messages.ts'
import { captureOutput } from './output.ts'
import { runHandler, type Running } from './run-handler.ts'

const port = parentPort
if (!port) throw new Error('this file runs in a worker thread')
const data = workerData as EnvironmentData // the service passed it: lambda/execution-environment.ts
const send = (message: FromEnvironment) => port.postMessage(message)
const output = captureOutput((text, entry) => send({ kind: 'output', text, entry }), process.env)
let running: Running | undefined
let current: string | undefined // request id of the invocation under way

offerAwsSdk(data.sdkBeside)
process.kill = killOnlyOthers(process.kill.bind(process))
process.on('uncaughtException', (error) => exitWith('Uncaught Exception', error, 129))
process.on('unhandledRejection', (reason) => exitWith('Unhandled Promise Rejection', new RuntimeError('UnhandledPromiseRejection', String(reason)), 128))
process.on('beforeExit', () => {
  port.ref() // whatever comes, this thread lives until the service ends it
  running?.eventLoopEmpty()
})

const handler = await loadHandler(data.taskRoot, data.handler).then(withoutCallback, initFailed)
if (handler) {
  port.on('message', (invocation: Invocation) => void invoke(handler, invocation))
  send({ kind: 'ready' })
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  current = output.requestId = invocation.requestId
  running = runHandler(handler, invocation, process.env)
  port?.unref() // so that an empty event loop shows
  const ending = await running.ended
  port?.ref()
  if (ending.kind === 'returned') return answer(invocation.requestId, ending.value)
  output.line('ERROR', 'Invoke Error', `\t${describeError(ending.thrown)}`)
  fail(functionError(ending.thrown), false)
}

function answer(requestId: string, value: unknown): void {
  try {
    const payload = JSON.stringify(value === undefined ? null : value) as string | undefined // undefined for a function or a symbol
    running = current = undefined
    send({ kind: 'answered', requestId, payload: payload ?? 'null', memoryBytes: memoryBytes() })
  } catch (error) {
    current = requestId
    fail({ ...functionError(error), errorType: 'Runtime.MarshalError', errorMessage: `Unable to stringify response body: ${String(error)}` }, false)
  }
}

function fail(error: FunctionError, final: boolean): void {
  if (current === undefined) send({ kind: 'init-failed', error })
  else send({ kind: 'failed', requestId: current, error, memoryBytes: memoryBytes(), final })
  running = current = undefined
}

function initFailed(thrown: unknown): undefined {
  output.line('ERROR', 'Uncaught Exception', `\t${describeError(thrown)}`)
  send({ kind: 'init-failed', error: functionError(thrown) })
}

function withoutCallback(handler: Handler): Handler {
  if (data.nodeMajor < 24 || handler.length < 3) return handler
  throw new RuntimeError('CallbackHandlerDeprecated', 'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async handler.')
}

/** What nobody caught ends the invocation with that error, and the environment. */
function exitWith(what: string, error: Error, code: number): void {
  output.line('ERROR', what, `\t${describeError(error)}`)
  fail(functionError(error), true)
  process.exit(code)
}

/** A function that kills «its process» must not take the whole cloud with it. */
function killOnlyOthers(kill: typeof process.kill): typeof process.kill {
  return (pid, signal) => {
    if (pid > 0 && pid !== process.pid) return kill(pid, signal)
    if (signal === 0) return true
    process.exit(137) // 128 + SIGKILL
  }
}

/** This thread's heap and buffers. AWS counts the whole environment, which here would be the whole cloud. */
function memoryBytes(): number {
  const heap = getHeapStatistics()
  return heap.total_heap_size + heap.external_memory + heap.malloced_memory
}
