// sandbox/src/cloud/lambda/execution-environment.ts: one execution environment: a worker thread that holds one function and runs one invocation at a time.
import { Worker } from 'node:worker_threads'
import type { EnvironmentData, FromEnvironment, FunctionError, Invocation } from './runtime/messages.ts'

/** Half of what Node takes by itself: many environments share this process. */
const YOUNG_GENERATION_MB = 16

/** AWS Lambda developer guide, «Understanding the execution environment lifecycle»: init is limited to 10 s. */
const INIT_LIMIT_MS = 10_000

export interface EnvironmentSettings extends EnvironmentData {
  /** The module that its thread begins with: runtime-files.ts. */
  readonly entry: URL
  readonly env: Readonly<Record<string, string>>
  readonly memoryMb: number
  readonly timeoutMs: number
}

/** How an invocation ended. `lost` environments are never used again. */
export interface Outcome {
  readonly result: { readonly kind: 'answered'; readonly payload: string } | { readonly kind: 'failed'; readonly error: FunctionError }
  readonly status: 'success' | 'error' | 'timeout'
  readonly durationMs: number
  readonly initMs?: number
  readonly memoryBytes: number
  readonly lost: boolean
}

export interface ExecutionEnvironment {
  /** `output` hears each write of the function, in order, before the outcome. */
  run(invocation: Omit<Invocation, 'deadlineMs'>, output: Hear): Promise<Outcome>
  /** False once its thread is gone, which can happen between two invocations. */
  readonly alive: boolean
  end(): Promise<void>
}

/** `entry`: a whole log entry; else a piece of a stream. */
type Hear = (text: string, entry: boolean) => void
type Happened = Exclude<FromEnvironment, { kind: 'output' }> | { readonly kind: 'gone'; readonly error: FunctionError }

/** Starts it; the function's own initialisation is part of the first invocation. */
export function startEnvironment({ entry, env, memoryMb, timeoutMs, ...workerData }: EnvironmentSettings): ExecutionEnvironment {
  const startedAt = performance.now()
  const worker = new Worker(entry, {
    workerData,
    env: { ...env },
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  let hear: Hear = () => undefined
  let initMs: number | undefined
  let memoryBytes = 0
  let alive = true
  worker.once('exit', () => (alive = false))
  const next = happenings(worker, (text, entry) => hear(text, entry))
  const initialised = within(next(), INIT_LIMIT_MS + timeoutMs).then((happened) => {
    initMs = performance.now() - startedAt
    return happened
  })

  const run = async (invocation: Omit<Invocation, 'deadlineMs'>): Promise<Outcome> => {
    const ready = await initialised
    const firstInitMs = initMs
    initMs = undefined
    const begunAt = performance.now()
    const ending = (happened: Happened | undefined) => {
      const measured = { durationMs: performance.now() - begunAt, memoryBytes, ...(firstInitMs === undefined ? {} : { initMs: firstInitMs }) }
      return { ...outcomeOf(happened, invocation.requestId, timeoutMs), ...measured }
    }
    if (ready?.kind !== 'ready') return ending(ready)
    worker.postMessage({ ...invocation, deadlineMs: Date.now() + timeoutMs } satisfies Invocation)
    const happened = await within(next(), timeoutMs)
    if (happened && 'memoryBytes' in happened) memoryBytes = Math.max(memoryBytes, happened.memoryBytes)
    return ending(happened)
  }

  return {
    async run(invocation, output) {
      hear = output
      const outcome = await run(invocation)
      if (outcome.lost) await worker.terminate()
      hear = () => undefined
      return outcome
    },
    get alive() {
      return alive
    },
    async end() {
      await worker.terminate()
    },
  }
}

/** What the worker reports, one after the other; once it is gone, only that. */
function happenings(worker: Worker, hear: Hear): () => Promise<Happened> {
  const reported: Happened[] = []
  let wake: (() => void) | undefined
  let oom = false
  const report = (happened: Happened) => {
    reported.push(happened)
    wake?.()
  }
  worker.on('message', (message: FromEnvironment) => (message.kind === 'output' ? hear(message.text, message.entry) : report(message)))
  worker.on('error', (error: unknown) => (oom ||= error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'))
  worker.on('exit', (code) => report({ kind: 'gone', error: exitError(code, oom) }))
  for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', (text: string) => hear(text, false)) // what Node itself prints
  return async () => {
    while (reported.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const [first] = reported
    if (first && first.kind !== 'gone') reported.shift()
    return first ?? { kind: 'gone', error: exitError(0, false) }
  }
}

function exitError(code: number, outOfMemory: boolean): FunctionError {
  if (outOfMemory) return { errorType: 'Runtime.OutOfMemory', errorMessage: 'Error: Runtime exited with error: signal: killed' }
  const how = code === 0 ? 'without providing a reason' : code === 137 ? 'with error: signal: killed' : `with error: exit status ${code}`
  return { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited ${how}` }
}

function outcomeOf(happened: Happened | undefined, requestId: string, timeoutMs: number): Pick<Outcome, 'result' | 'status' | 'lost'> {
  if (happened?.kind === 'answered') return { result: happened, status: 'success', lost: false }
  if (happened?.kind === 'failed') return { result: { kind: 'failed', error: happened.error }, status: 'error', lost: happened.final }
  if (happened?.kind === 'init-failed') return { result: { kind: 'failed', error: happened.error }, status: 'error', lost: true }
  const { errorType, errorMessage } = happened?.kind === 'gone' ? happened.error : timedOut(timeoutMs)
  const error = { errorType, errorMessage: `RequestId: ${requestId} ${errorMessage}` }
  return { result: { kind: 'failed', error }, status: happened ? 'error' : 'timeout', lost: true }
}

const timedOut = (timeoutMs: number): FunctionError => ({ errorType: 'Sandbox.Timedout', errorMessage: `Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds` })

/** @returns undefined when the time is over first */
async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  return Promise.race([promise, over]).finally(() => clearTimeout(timer))
}
