// sandbox/src/cloud/iot-core/jobs/job-announcements.ts: tells devices what they have to do, and the fleet's operators what came of it.
import { randomUUID } from 'node:crypto'
import { arn, type Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { MessageBus } from '../../ports.ts'
import { executionWithDocument, notifiedLists, seconds } from './device-documents.ts'
import type { Happened, JobOperation, PendingList } from './job-changes.ts'
import type { Tally } from './failure-policy.ts'
import { hasEnded, type ExecutionChange, type Job, type JobExecution, type JsonObject } from './jobs.ts'

export interface AnnouncementOptions {
  readonly account: Account
  readonly clock: Clock
  readonly bus: MessageBus
  readonly log: CloudLog
  readonly jobOf: (jobId: string) => Job | undefined
  /** Whether the account's event configuration has this kind published. */
  readonly isEventEnabled: (type: 'JOB' | 'JOB_EXECUTION') => boolean
}

export function jobAnnouncements(options: AnnouncementOptions): (happened: Happened) => void {
  const { bus, clock, log, isEventEnabled } = options
  const publish = (topic: string, document: JsonObject) => {
    bus.publish({ topic, payload: JSON.stringify(document), qos: 1 }).catch((error: unknown) => log.error('a message of the jobs service was not published', { topic, error }))
  }
  return ({ lists, changes, operations }) => {
    const timestamp = seconds(clock.now())
    for (const list of lists) notify(options, list, publish)
    if (isEventEnabled('JOB_EXECUTION')) for (const change of changes) executionEvent(options, change, (topic, fields) => publish(topic, { ...fields, timestamp }))
    if (isEventEnabled('JOB')) for (const { operation, job, tally } of operations) publish(`$aws/events/job/${job.jobId}/${operation}`, { ...jobEvent(operation, job, tally), timestamp })
  }
}

function notify({ clock, jobOf }: AnnouncementOptions, { thingName, namespace, pending, isOtherList, isOtherNext }: PendingList, publish: (topic: string, document: JsonObject) => void): void {
  const topic = (kind: 'notify' | 'notify-next') => `$aws/things/${thingName}/jobs/${kind}${namespace === '' ? '' : `-namespace-${namespace}`}`
  const now = clock.now()
  if (isOtherList) publish(topic('notify'), { timestamp: seconds(now), jobs: notifiedLists(pending) })
  if (!isOtherNext) return
  const [next] = pending
  const job = next && jobOf(next.jobId)
  publish(topic('notify-next'), { timestamp: seconds(now), ...(job && { execution: executionWithDocument(next, { job, now }) }) })
}

/** Only ends are told, and deletions. */
function executionEvent({ account }: AnnouncementOptions, { job, before, after }: ExecutionChange, publish: (topic: string, fields: JsonObject) => void): void {
  const hasJustEnded = after && hasEnded(after) && after.status !== before?.status
  if (after && !hasJustEnded) return
  const { thingName, status, statusDetails }: JobExecution = after ?? before
  const operation = after ? status.toLowerCase() : 'deleted'
  publish(`$aws/events/jobExecution/${job.jobId}/${operation}`, {
    ...{ eventType: 'JOB_EXECUTION', eventId: randomUUID(), operation, jobId: job.jobId },
    thingArn: arn('iot', account, `thing/${thingName}`),
    status,
    statusDetails: { ...statusDetails },
  })
}

const EVENT_STATUS: Readonly<Record<JobOperation, string>> = {
  completed: 'COMPLETED',
  canceled: 'CANCELED',
  deleted: 'DELETED',
  cancellation_in_progress: 'CANCELLATION_IN_PROGRESS',
  deletion_in_progress: 'DELETION_IN_PROGRESS',
}

function jobEvent(operation: JobOperation, { jobId, targetSelection, targets, description, createdAt, lastUpdatedAt, completedAt, comment }: Job, tally: Tally): JsonObject {
  return {
    ...{ eventType: 'JOB', eventId: randomUUID(), operation, jobId, status: EVENT_STATUS[operation], targetSelection, targets },
    ...(description !== undefined && { description }),
    ...{ createdAt: createdAt.getTime(), lastUpdatedAt: lastUpdatedAt.getTime() },
    ...(operation === 'completed' && completedAt && { completedAt: completedAt.getTime(), jobProcessDetails: endedCounts(tally) }),
    ...(comment !== undefined && { comment }),
  }
}

const endedCounts = ({ CANCELED, REJECTED, FAILED, REMOVED, SUCCEEDED, TIMED_OUT }: Tally) => ({
  numberOfCanceledThings: CANCELED,
  numberOfRejectedThings: REJECTED,
  numberOfFailedThings: FAILED,
  numberOfRemovedThings: REMOVED,
  numberOfSucceededThings: SUCCEEDED,
  numberOfTimedOutThings: TIMED_OUT,
})
