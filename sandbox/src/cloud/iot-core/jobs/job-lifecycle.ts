// sandbox/src/cloud/iot-core/jobs/job-lifecycle.ts: how jobs begin, go on and end: queueing, retries, abort, cancellation, completion.
import { arn, type Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { DeviceRegistry } from '../../ports.ts'
import { keyOf, prefixOf } from '../../store/store.ts'
import { alreadyExists, found, invalidRequest, notFound } from '../registry/errors.ts'
import { ended } from './device-update.ts'
import { mayRetry, shallAbort } from './failure-policy.ts'
import type { Change, Changing } from './job-changes.ts'
import { invalidStateTransition } from './job-errors.ts'
import { latestExecution, latestExecutions, type JobTables } from './job-tables.ts'
import type { JobTargets } from './job-targets.ts'
import { hasEnded, type CancelOptions, type Job, type JobExecution, type NewJob } from './jobs.ts'
import { advance, type Rollout } from './rollout.ts'

export interface JobLifecycle {
  readonly create: (job: NewJob) => Job
  /** Writes what an operator changed of it. */
  replace(job: Job): void
  readonly cancel: (jobId: string, options?: CancelOptions) => Job
  readonly delete: (jobId: string, options?: { readonly force?: boolean }) => void
  /** More targets for a continuous job. */
  associate(job: Job, targets: readonly string[], comment: string | undefined): void
  /** What a device or an operator did with an execution, and what follows for its job. */
  changeExecution(before: JobExecution, after: JobExecution | undefined): void
  /** Things that the job has to reach, too. */
  enlist(job: Job, thingNames: readonly string[]): void
  /** Tells those things whose turn it is. */
  advanceRollout(jobId: string): void
}

export interface LifecycleOptions {
  readonly account: Account
  readonly clock: Clock
  readonly registry: DeviceRegistry
  readonly tables: JobTables
  readonly targets: JobTargets
  readonly change: Change
}

export function jobLifecycle(options: LifecycleOptions): JobLifecycle {
  const { account, clock, tables, targets, change } = options
  const theJob = (jobId: string) => found(tables.jobs.get(jobId), `Job ${jobId}`)
  return {
    create(asked) {
      const job: Job = { targetSelection: 'SNAPSHOT', ...asked, arn: jobArn(account, asked.jobId), status: 'IN_PROGRESS', createdAt: clock.now(), lastUpdatedAt: clock.now() }
      if (tables.jobs.get(job.jobId)) throw alreadyExists(`Job ${job.jobId} already exists.`, job.jobId, job.arn)
      if (job.targets.length === 0) throw invalidRequest('A job needs a target.')
      targets.check(job.targets)
      change((changing) => {
        changing.putJob(job)
        follow(tables, job, job.targets)
        enlist(options, changing, { job, thingNames: targets.thingsOf(job.targets) })
      })
      return theJob(job.jobId)
    },
    replace: (job) => change((changing) => changing.putJob({ ...job, lastUpdatedAt: clock.now() })),
    cancel(jobId, cancelOptions = {}) {
      const job = theJob(jobId)
      if (job.status === 'COMPLETED' || job.status === 'DELETION_IN_PROGRESS') throw invalidRequest(`Job ${jobId} is ${job.status} and cannot be canceled.`)
      change((changing) => cancelJob(options, changing, { job, ...cancelOptions }))
      return theJob(jobId)
    },
    delete(jobId, { force = false } = {}) {
      const job = theJob(jobId)
      if (job.status === 'IN_PROGRESS' && !force) throw invalidStateTransition(`Job ${jobId} is ${job.status}; only with force it can be deleted before it has ended.`)
      change((changing) => deleteJob(tables, changing, job))
    },
    associate(job, added, comment) {
      targets.check(added)
      const enlarged: Job = { ...job, targets: [...new Set([...job.targets, ...added])], lastUpdatedAt: clock.now(), ...(comment !== undefined && { comment }) }
      change((changing) => {
        changing.putJob(enlarged)
        follow(tables, enlarged, added)
        enlist(options, changing, { job: enlarged, thingNames: targets.thingsOf(added) })
      })
    },
    changeExecution(before, after) {
      const job = tables.jobs.get(before.jobId)
      if (!job) throw notFound(`Job ${before.jobId} not found`)
      change((changing) => {
        changing.execution(after ? { job, before, after } : { job, before, after })
        settle(options, changing, { jobId: job.jobId, after })
      })
    },
    enlist: (job, thingNames) => change((changing) => enlist(options, changing, { job, thingNames })),
    advanceRollout: (jobId) => change((changing) => rollOut(options, changing, theJob(jobId))),
  }
}

export const jobArn = (account: Account, jobId: string) => arn('iot', account, `job/${jobId}`)

function follow({ followers }: JobTables, { jobId, targetSelection }: Job, targets: readonly string[]): void {
  if (targetSelection === 'CONTINUOUS') targets.forEach((target) => followers.put(keyOf(target, jobId), true))
}

/** A thing that the job has once reached is not told again, unless it had been removed. */
function enlist(options: LifecycleOptions, changing: Changing, { job, thingNames }: { readonly job: Job; readonly thingNames: readonly string[] }): void {
  const { tables, clock } = options
  const { waiting = [], ...minute } = tables.rollouts.get(job.jobId) ?? { notified: 0, minuteBegan: clock.now(), notifiedInMinute: 0 }
  const isNew = (thingName: string) => (latestExecution(tables, job.jobId, thingName)?.status ?? 'REMOVED') === 'REMOVED'
  const rollout: Rollout = { waiting: [...new Set([...waiting, ...thingNames.filter(isNew)])], ...minute }
  tables.rollouts.put(job.jobId, rollout)
  rollOut(options, changing, job)
}

function rollOut(options: LifecycleOptions, changing: Changing, job: Job): void {
  const { tables, registry, targets, clock } = options
  const rollout = tables.rollouts.get(job.jobId)
  if (!rollout) return
  const { due, rest } = advance(rollout, { config: job.rollout, succeeded: changing.tally(job.jobId).SUCCEEDED, now: clock.now() })
  const isStillMeant = (thingName: string) => registry.thing(thingName) !== undefined && (job.targetSelection === 'SNAPSHOT' || targets.include(job.targets, thingName))
  for (const thingName of due.filter(isStillMeant)) queue(options, changing, { job, thingName })
  if (rest) tables.rollouts.put(job.jobId, rest)
  else tables.rollouts.delete(job.jobId)
  completeIfDone(options, changing, job)
}

function queue({ tables, clock }: LifecycleOptions, changing: Changing, { job, thingName }: { readonly job: Job; readonly thingName: string }): void {
  const now = clock.now()
  const executionNumber = (latestExecution(tables, job.jobId, thingName)?.executionNumber ?? 0) + 1
  const after: JobExecution = { jobId: job.jobId, thingName, executionNumber, status: 'QUEUED', statusDetails: {}, versionNumber: 1, queuedAt: now, lastUpdatedAt: now }
  changing.execution({ job, before: undefined, after })
}

/** What follows for a job that goes on when one of its executions has changed. */
function settle(options: LifecycleOptions, changing: Changing, { jobId, after }: { readonly jobId: string; readonly after: JobExecution | undefined }): void {
  const job = options.tables.jobs.get(jobId)
  if (job?.status !== 'IN_PROGRESS') return
  if (after && mayRetry(job.retry, after)) queue(options, changing, { job, thingName: after.thingName })
  if (after && hasEnded(after) && shallAbort(job.abort, changing.tally(jobId))) cancelJob(options, changing, { job })
  else completeIfDone(options, changing, job)
}

function completeIfDone({ tables, clock }: LifecycleOptions, changing: Changing, job: Job): void {
  const { QUEUED, IN_PROGRESS } = changing.tally(job.jobId)
  if (job.targetSelection !== 'SNAPSHOT' || QUEUED + IN_PROGRESS > 0 || tables.rollouts.get(job.jobId)) return
  const now = clock.now()
  changing.putJob({ ...job, status: 'COMPLETED', completedAt: now, lastUpdatedAt: now }, 'completed')
}

/** Also of a job that was cancelled before: `force` then takes what was left in progress. */
function cancelJob({ tables, clock }: LifecycleOptions, changing: Changing, { job, force = false, comment, reasonCode }: { readonly job: Job } & CancelOptions): void {
  const now = clock.now()
  const canceled: Job = { ...job, status: 'CANCELED', lastUpdatedAt: now, completedAt: now, ...(force && { forceCanceled: true }), ...(comment !== undefined && { comment }), ...(reasonCode !== undefined && { reasonCode }) }
  stopFollowing(tables, job)
  changing.putJob(canceled, 'cancellation_in_progress')
  for (const before of latestExecutions(tables, job.jobId)) {
    const isMeant = before.status === 'QUEUED' || (force && before.status === 'IN_PROGRESS')
    if (isMeant) changing.execution({ job: canceled, before, after: ended(before, 'CANCELED', { now, force }) })
  }
  changing.putJob(canceled, 'canceled')
}

function deleteJob(tables: JobTables, changing: Changing, job: Job): void {
  stopFollowing(tables, job)
  changing.putJob({ ...job, status: 'DELETION_IN_PROGRESS' }, 'deletion_in_progress')
  for (const [, before] of tables.executions.all(prefixOf(job.jobId))) changing.execution({ job, before, after: undefined })
  changing.deleteJob(job)
}

function stopFollowing({ followers, rollouts }: JobTables, { jobId, targets }: Job): void {
  rollouts.delete(jobId)
  targets.forEach((target) => followers.delete(keyOf(target, jobId)))
}
