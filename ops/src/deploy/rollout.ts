// ops/src/deploy/rollout.ts: how far a rollout is, and when there is nothing more to wait for: decided from what the cloud says of job and devices.

import type { OsUpdates } from './os-updates.ts'

/** Words of AWS IoT Jobs (API reference, JobExecutionSummary). A device without an execution is yet to be told. */
export type ExecutionStatus = 'CANCELED' | 'FAILED' | 'IN_PROGRESS' | 'QUEUED' | 'REJECTED' | 'REMOVED' | 'SUCCEEDED' | 'TIMED_OUT'

export interface Look {
  /** Members of the thing group. */
  readonly members: readonly string[]
  readonly executions: ReadonlyMap<string, ExecutionStatus>
  /** The job was canceled: by its own abort criterion, by somebody, or because the next deployment took its place. */
  readonly isCanceled: boolean
  /** Devices that their nucleus reports as unhealthy: a component is BROKEN. */
  readonly unhealthy: ReadonlySet<string>
}

export interface Rollout {
  readonly succeeded: number
  readonly failed: readonly string[]
  /** Have taken it, and have a component that is BROKEN. */
  readonly unhealthy: readonly string[]
  /** Have not finished. */
  readonly waiting: readonly string[]
  /** Of these: work on it. */
  readonly working: readonly string[]
  /** Of these: their wave has not come, so they have not been told. */
  readonly untold: readonly string[]
  readonly isStopped: boolean
  /** Of those that have taken it; undefined when no update is wished, or nobody has looked yet. */
  readonly osUpdates?: OsUpdates
}

const FAILED: readonly ExecutionStatus[] = ['FAILED', 'REJECTED', 'TIMED_OUT']
const OVER: readonly ExecutionStatus[] = [...FAILED, 'SUCCEEDED', 'CANCELED', 'REMOVED']

/** Devices that have taken it. */
export const takenBy = ({ members, executions }: Look): readonly string[] => members.filter((serial) => executions.get(serial) === 'SUCCEEDED')

export function rolloutOf(seen: Look): Rollout {
  const { members, executions, isCanceled, unhealthy } = seen
  const are = (statuses: readonly ExecutionStatus[]) => members.filter((serial) => statuses.includes(executions.get(serial) ?? 'QUEUED'))
  const succeeded = takenBy(seen)
  const over = new Set(are(OVER))
  return {
    succeeded: succeeded.length,
    failed: are(FAILED),
    unhealthy: succeeded.filter((serial) => unhealthy.has(serial)),
    waiting: members.filter((serial) => !over.has(serial)),
    working: are(['IN_PROGRESS']),
    untold: members.filter((serial) => !executions.has(serial)),
    isStopped: isCanceled,
  }
}

/**
 * `offline`: all that can hear of it have it, and have updated their operating system where that is wished; the others do so when they connect.
 * `not updated`: they have it, and on some the update of the operating system has failed.
 */
export type Verdict = 'healthy' | 'offline' | 'failed' | 'stopped' | 'under way' | 'not updated'

/** `isOffline`: of those that have not finished, as they were seen at several looks. */
export function verdictOn({ failed, unhealthy, waiting, isStopped, osUpdates }: Rollout, isOffline: (serial: string) => boolean): Verdict {
  if (isStopped) return 'stopped'
  if (!waiting.every(isOffline)) return 'under way'
  if (failed.length > 0 || unhealthy.length > 0) return 'failed'
  const { open, rebooting } = osUpdates ?? { open: [], rebooting: [] }
  if (rebooting.length > 0 || !open.every(isOffline)) return 'under way'
  if (osUpdates && osUpdates.failed.length > 0) return 'not updated'
  return waiting.length + open.length > 0 ? 'offline' : 'healthy'
}
