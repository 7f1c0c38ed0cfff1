// sandbox/src/cloud/iot-core/jobs/failure-policy.ts: what follows from failed executions: another attempt, or the end of the job (AWS IoT guide, «How job configurations work»).
import type { AbortConfig, JobExecutionsRetryConfig } from '@aws-sdk/client-iot'
import type { ExecutionStatus, JobExecution } from './jobs.ts'

/** Things of a job by the status of their latest execution. */
export type Tally = Readonly<Record<ExecutionStatus, number>>

export const NO_TALLY: Tally = { QUEUED: 0, IN_PROGRESS: 0, SUCCEEDED: 0, FAILED: 0, TIMED_OUT: 0, REJECTED: 0, REMOVED: 0, CANCELED: 0 }

/** Whether the job gives this thing another attempt. The first execution is number 1 and no retry. */
export function mayRetry(config: JobExecutionsRetryConfig | undefined, { status, executionNumber }: JobExecution): boolean {
  if (status !== 'FAILED' && status !== 'TIMED_OUT') return false
  const retries = (config?.criteriaList ?? []).filter(({ failureType }) => failureType === status || failureType === 'ALL').map(({ numberOfRetries = 0 }) => numberOfRetries)
  return executionNumber <= Math.max(0, ...retries)
}

/** Whether so many of those that have run failed in such a way that the job shall be cancelled. */
export function shallAbort(config: AbortConfig | undefined, tally: Tally): boolean {
  const executed = tally.SUCCEEDED + tally.FAILED + tally.REJECTED + tally.TIMED_OUT
  const failed = { FAILED: tally.FAILED, REJECTED: tally.REJECTED, TIMED_OUT: tally.TIMED_OUT, ALL: tally.FAILED + tally.REJECTED + tally.TIMED_OUT }
  return (config?.criteriaList ?? []).some(
    ({ failureType = 'ALL', thresholdPercentage = 100, minNumberOfExecutedThings = 1 }) => executed >= minNumberOfExecutedThings && (failed[failureType] / executed) * 100 >= thresholdPercentage,
  )
}
