// sandbox/src/site/nucleus/cloud/retry.ts: tries again what fails because the device is offline or the cloud has a fault, for ever unless told otherwise.
import type { Log } from '@fleet/log'
import { jittered, pause } from '../timing.ts'

export interface RetryOptions {
  readonly what: string
  readonly log: Log
  readonly signal: AbortSignal
  readonly firstWaitMs: number
  /** The wait doubles up to this. */
  readonly mostWaitMs?: number
  readonly mostTries?: number
  readonly isRetryable: (error: unknown) => boolean
}

const LOG_EACH = 20 // the first failure and each twentieth

export async function retrying<T>({ what, log, signal, firstWaitMs, mostWaitMs = firstWaitMs, mostTries = Infinity, isRetryable }: RetryOptions, task: () => Promise<T>): Promise<T> {
  let waitMs = firstWaitMs
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await task()
    } catch (error) {
      signal.throwIfAborted()
      if (attempt >= mostTries || !isRetryable(error)) throw error
      if (attempt === 1 || attempt % LOG_EACH === 0) log.info(`${what}: task failed and will be retried`, { attempt, error })
      await pause(jittered(waitMs), signal)
      waitMs = Math.min(waitMs * 2, mostWaitMs)
    }
  }
}

/** Statuses that mean: later (the nucleus's own list). */
export const isPassingStatus = (status: number): boolean => status >= 500 || status === 429
