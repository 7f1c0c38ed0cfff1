// sandbox/src/cloud/iot-core/jobs/job-tables.ts: what the jobs service keeps, and how an execution is written.
import { keyOf, partsOf, prefixOf, type Store, type Table } from '../../store/store.ts'
import { deadlineOf } from './device-update.ts'
import type { Tally } from './failure-policy.ts'
import { hasEnded, type ExecutionChange, type Job, type JobExecution } from './jobs.ts'
import type { Rollout } from './rollout.ts'

/** Compound keys are named by their parts. */
export interface JobTables {
  readonly jobs: Table<Job>
  /** job, thing, execution number */
  readonly executions: Table<JobExecution>
  /** thing, job */
  readonly jobsOfThings: Table<true>
  /** thing, namespace, job: executions that have not ended, with their place in the queue */
  readonly pending: Table<number>
  /** place: the last one that was given */
  readonly places: Table<number>
  readonly rollouts: Table<Rollout>
  readonly tallies: Table<Tally>
  /** time, job, thing */
  readonly deadlines: Table<true>
  /** target ARN, job: continuous jobs in progress */
  readonly followers: Table<true>
}

export const jobTables = (store: Store): JobTables => ({
  jobs: store.table('jobs'),
  executions: store.table('job_executions'),
  jobsOfThings: store.table('job_things'),
  pending: store.table('job_pending'),
  places: store.table('job_places'),
  rollouts: store.table('job_rollouts'),
  tallies: store.table('job_tallies'),
  deadlines: store.table('job_deadlines'),
  followers: store.table('job_followers'),
})

/** Place of jobs without a namespace. */
export const NO_NAMESPACE = ''

export const namespaceOf = ({ namespaceId = NO_NAMESPACE }: Job): string => namespaceId

export function latestExecution({ executions }: JobTables, jobId: string, thingName: string): JobExecution | undefined {
  return executions.page({ prefix: prefixOf(jobId, thingName), limit: 1, order: 'descending' }).items[0]?.[1]
}

export const executionNumbered = ({ executions }: JobTables, { jobId, thingName, executionNumber }: Pick<JobExecution, 'jobId' | 'thingName' | 'executionNumber'>) =>
  executions.get(executionKey({ jobId, thingName, executionNumber }))

/** The latest of each thing. */
export function latestExecutions({ executions }: JobTables, jobId: string): readonly JobExecution[] {
  return [...new Map(executions.all(prefixOf(jobId)).map(([, execution]) => [execution.thingName, execution])).values()]
}

/** What a thing still has to do: first what is in progress, then by the time when it was queued (AWS IoT guide, «StartNextPendingJobExecution»). */
export function pendingExecutions(tables: JobTables, thingName: string, namespace: string): readonly JobExecution[] {
  const queued = tables.pending.all(prefixOf(thingName, namespace)).flatMap(([key, place]) => {
    const execution = latestExecution(tables, partsOf(key)[2] ?? '', thingName)
    return execution ? [{ execution, place }] : []
  })
  const rank = ({ execution: { status } }: (typeof queued)[number]) => (status === 'IN_PROGRESS' ? 0 : 1)
  return queued.sort((one, other) => rank(one) - rank(other) || one.place - other.place).map(({ execution }) => execution)
}

/** Everything of a thing that has not ended, in any namespace. */
export const pendingAnywhere = (tables: JobTables, thingName: string): readonly JobExecution[] =>
  tables.pending.all(prefixOf(thingName)).flatMap(([key]) => latestExecution(tables, partsOf(key)[2] ?? '', thingName) ?? [])

/** Writes `after` in the place of `before`; one of them may be missing. @returns the thing's latest run before and after that */
export function writeExecution(tables: JobTables, { job, before, after }: ExecutionChange): { readonly was: JobExecution | undefined; readonly is: JobExecution | undefined } {
  const { jobId, thingName } = after ?? before
  const was = latestExecution(tables, jobId, thingName)
  if (before) eraseDeadline(tables, before)
  if (after) tables.executions.put(executionKey(after), after)
  else tables.executions.delete(executionKey(before))
  const is = after && after.executionNumber >= (was?.executionNumber ?? 0) ? after : latestExecution(tables, jobId, thingName)
  if (!was) tables.jobsOfThings.put(keyOf(thingName, jobId), true)
  if (!is) tables.jobsOfThings.delete(keyOf(thingName, jobId))
  const deadline = after && deadlineOf(after)
  if (deadline) tables.deadlines.put(deadlineKey(deadline, after), true)
  writePending(tables, job, { thingName, isPending: is !== undefined && !hasEnded(is), isNew: before === undefined })
  return { was, is }
}

function writePending({ pending, places }: JobTables, job: Job, { thingName, isPending, isNew }: { readonly thingName: string; readonly isPending: boolean; readonly isNew: boolean }): void {
  const key = keyOf(thingName, namespaceOf(job), job.jobId)
  if (!isPending) pending.delete(key)
  else if (isNew) {
    const place = (places.get('last') ?? 0) + 1
    places.put('last', place)
    pending.put(key, place)
  }
}

function eraseDeadline({ deadlines }: JobTables, before: JobExecution): void {
  const deadline = deadlineOf(before)
  if (deadline) deadlines.delete(deadlineKey(deadline, before))
}

const deadlineKey = (time: Date, { jobId, thingName }: JobExecution) => keyOf(time.toISOString(), jobId, thingName)
const executionKey = ({ jobId, thingName, executionNumber }: Pick<JobExecution, 'jobId' | 'thingName' | 'executionNumber'>) => keyOf(jobId, thingName, String(executionNumber).padStart(6, '0'))
