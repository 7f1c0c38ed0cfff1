// sandbox/src/cloud/lambda/asynchronous-invocations.ts: events that were accepted for later: kept until the function has taken them or AWS would have given up.
import { randomUUID } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Functions } from './function-record.ts'
import type { Runner } from './invoke.ts'

/** Lambda developer guide, «How Lambda handles errors and retries with asynchronous invocation»: 1 min, then 2 min later; throttled ones for up to 6 h. */
export const RETRY_DELAYS_MS: readonly number[] = [60_000, 120_000]
const MAX_AGE_MS = 6 * 60 * 60_000
const THROTTLE_DELAY_MS = 1_000
const MAX_THROTTLE_DELAY_MS = 5 * 60_000

interface AcceptedEvent {
  readonly functionName: string
  /** JSON text. */
  readonly event: string
  readonly acceptedAt: Date
  /** Failed runs so far. */
  readonly failures: number
  readonly throttles: number
}

/** Of the last attempt, with its HTTP status: 200 when the function ran and failed. */
interface Failure {
  readonly errorCode: number
  readonly why: string
}

export interface AsynchronousInvocations extends AsyncDisposable {
  /** @returns the request id; the event is on disk by then */
  accept(functionName: string, event: string): string
  /** Takes up what an earlier run of the cloud accepted. */
  resume(): void
  /** All that were due have run; for tests. */
  settled(): Promise<void>
}

export interface AsynchronousOptions {
  readonly store: Store
  readonly clock: Clock
  readonly functions: Functions
  readonly runner: Runner
  readonly retryDelaysMs: readonly number[]
  readonly deadLetters: DeadLetters
  readonly log: CloudLog
}

export function asynchronousInvocations({ store, clock, functions, runner, retryDelaysMs, deadLetters, log }: AsynchronousOptions): AsynchronousInvocations {
  const events = store.table<AcceptedEvent>('lambda_events')
  const due = new Map<string, NodeJS.Timeout>()
  const underWay = new Set<Promise<void>>()
  let closed = false

  const schedule = (id: string, delayMs: number) => {
    if (closed) return
    const start = () => {
      due.delete(id)
      const work = attempt(id).finally(() => underWay.delete(work))
      underWay.add(work)
    }
    due.set(id, setTimeout(start, delayMs))
  }
  const giveUp = (id: string, { functionName, event }: AcceptedEvent, { errorCode, why }: Failure) => {
    const { deadLetterTargetArn: targetArn, role: roleArn = '' } = functions.records.get(functionName) ?? {}
    if (targetArn !== undefined) deadLetters.send({ functionName, targetArn, roleArn, requestId: id, event, errorCode, errorMessage: why })
    events.delete(id)
    log.warn('asynchronous invocation given up', { functionName, requestId: id, why, deadLetter: targetArn ?? 'none' })
  }
  const again = (id: string, accepted: AcceptedEvent, delayMs: number | undefined, failure: Failure) => {
    const tooOld = clock.now().getTime() - accepted.acceptedAt.getTime() > MAX_AGE_MS
    if (delayMs === undefined || tooOld) return giveUp(id, accepted, failure)
    events.put(id, accepted)
    schedule(id, delayMs)
  }
  const attempt = async (id: string): Promise<void> => {
    const accepted = events.get(id)
    const record = accepted && functions.records.get(accepted.functionName)
    if (!accepted || !record) return void events.delete(id) // the function was deleted
    try {
      const { result } = await runner.run(record, { event: accepted.event, requestId: id })
      if (closed) return // cut short by the end of this process: the next one runs it again
      if (result.kind === 'answered') return void events.delete(id)
      again(id, { ...accepted, failures: accepted.failures + 1 }, retryDelaysMs[accepted.failures], { errorCode: 200, why: result.error.errorMessage })
    } catch (error) {
      const throttled = error instanceof AwsError && error.code === 'TooManyRequestsException'
      const delayMs = throttled ? Math.min(THROTTLE_DELAY_MS * 2 ** accepted.throttles, MAX_THROTTLE_DELAY_MS) : retryDelaysMs[accepted.failures]
      const counted = throttled ? { ...accepted, throttles: accepted.throttles + 1 } : { ...accepted, failures: accepted.failures + 1 }
      if (!closed) again(id, counted, delayMs, { errorCode: throttled ? 429 : 500, why: error instanceof Error ? error.message : String(error) })
    }
  }
  return {
    accept(functionName, event) {
      const id = randomUUID()
      events.put(id, { functionName, event, acceptedAt: clock.now(), failures: 0, throttles: 0 })
      schedule(id, 0)
      return id
    },
    resume: () => events.all().forEach(([id]) => schedule(id, 0)),
    async settled() {
      while (underWay.size > 0 || due.size > 0) await Promise.race([...underWay, new Promise((resolve) => setImmediate(resolve))])
    },
    async [Symbol.asyncDispose]() {
      closed = true
      for (const timer of due.values()) clearTimeout(timer)
      await Promise.all(underWay)
    },
  }
}
