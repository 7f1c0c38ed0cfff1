// sandbox/src/cloud/iot-core/jobs/job-changes.ts: changes jobs and executions in one transaction, and has it told after the commit.
import type { Store } from '../../store/store.ts'
import { NO_TALLY, type Tally } from './failure-policy.ts'
import type { ExecutionChange, Job, JobExecution } from './jobs.ts'
import { namespaceOf, pendingExecutions, writeExecution, type JobTables } from './job-tables.ts'

/** The operations that job events name (AWS IoT guide, «Jobs events»). */
export type JobOperation = 'completed' | 'canceled' | 'deleted' | 'cancellation_in_progress' | 'deletion_in_progress'

/** Of one thing in one namespace, as it was at the end of the transaction. */
export interface PendingList {
  readonly thingName: string
  readonly namespace: string
  readonly pending: readonly JobExecution[]
  /** Something came in or went out. */
  readonly isOtherList: boolean
  /** Another execution is the next one. */
  readonly isOtherNext: boolean
}

/** What a transaction has done, in the order in which it happened. */
export interface Happened {
  readonly changes: readonly ExecutionChange[]
  readonly lists: readonly PendingList[]
  readonly operations: readonly { readonly operation: JobOperation; readonly job: Job; readonly tally: Tally }[]
}

/** The way to change anything, while a transaction lasts. */
export interface Changing {
  /** `before` and `after` are the same thing's run of this job; one of them may be missing. */
  execution(change: ExecutionChange): void
  /** Executions of the job by status, with the changes so far. */
  tally(jobId: string): Tally
  putJob(job: Job, operation?: JobOperation): void
  deleteJob(job: Job): void
}

export type Change = <T>(work: (changing: Changing) => T) => T

export function jobChanges(store: Store, tables: JobTables, tell: (happened: Happened) => void): Change {
  return (work) => {
    const changes: ExecutionChange[] = []
    const lists = new Map<string, ListBefore>()
    const operations: Happened['operations'][number][] = []
    const tallies = new Map<string, Tally>()
    const tally = (jobId: string) => tallies.get(jobId) ?? tables.tallies.get(jobId) ?? NO_TALLY
    const changing: Changing = {
      tally,
      execution(change) {
        const { job, before, after } = change
        const { jobId } = job
        const { thingName } = after ?? before
        const list = listOf(tables, lists, { thingName, namespace: namespaceOf(job) })
        const { was, is } = writeExecution(tables, change)
        list.isOtherList ||= isPending(was) !== isPending(is)
        tallies.set(jobId, recounted(tally(jobId), was, is))
        changes.push(change)
      },
      putJob(job, operation) {
        tables.jobs.put(job.jobId, job)
        if (operation) operations.push({ operation, job, tally: tally(job.jobId) })
      },
      deleteJob(job) {
        tables.jobs.delete(job.jobId)
        tables.rollouts.delete(job.jobId)
        tallies.set(job.jobId, NO_TALLY)
        operations.push({ operation: 'deleted', job, tally: NO_TALLY })
      },
    }
    return store.transaction(() => {
      const result = work(changing)
      for (const [jobId, counted] of tallies) writeTally(tables, jobId, counted)
      const happened: Happened = { changes, operations, lists: [...lists.values()].map((before) => listAfter(tables, before)) }
      store.afterCommit(() => tell(happened))
      return result
    })
  }
}

function writeTally({ jobs, tallies }: JobTables, jobId: string, counted: Tally): void {
  if (jobs.get(jobId)) tallies.put(jobId, counted)
  else tallies.delete(jobId)
}

interface ListBefore {
  readonly thingName: string
  readonly namespace: string
  readonly next: JobExecution | undefined
  isOtherList: boolean
}

function listOf(tables: JobTables, lists: Map<string, ListBefore>, { thingName, namespace }: Pick<ListBefore, 'thingName' | 'namespace'>): ListBefore {
  const key = `${thingName} ${namespace}`
  const list = lists.get(key) ?? { thingName, namespace, next: pendingExecutions(tables, thingName, namespace)[0], isOtherList: false }
  lists.set(key, list)
  return list
}

function listAfter(tables: JobTables, { thingName, namespace, next, isOtherList }: ListBefore): PendingList {
  const pending = pendingExecutions(tables, thingName, namespace)
  return { thingName, namespace, pending, isOtherList, isOtherNext: runOf(pending[0]) !== runOf(next) }
}

/** What tells one run from another. */
const runOf = (execution: JobExecution | undefined) => execution && `${execution.jobId} ${execution.executionNumber}`
const isPending = (execution: JobExecution | undefined) => execution?.status === 'QUEUED' || execution?.status === 'IN_PROGRESS'

/** Counts the latest run of each thing: a retry takes the place of the run that failed. */
function recounted(tally: Tally, was: JobExecution | undefined, is: JobExecution | undefined): Tally {
  const counted = { ...tally }
  if (was) counted[was.status]--
  if (is) counted[is.status]++
  return counted
}
