// sandbox/src/cloud/iot-core/jobs/device-documents.ts: executions as devices see them (AWS IoT guide, «Jobs device MQTT and HTTPS data types»). Times are in seconds.
import type { Job, JobExecution, JsonObject } from './jobs.ts'
import { deadlineOf } from './device-update.ts'

/** Both pending lists hold at most so many (AWS General Reference, job quotas). */
export const LISTED = 10

export function executionSummary({ jobId, queuedAt, startedAt, lastUpdatedAt, versionNumber, executionNumber }: JobExecution) {
  return { jobId, queuedAt: seconds(queuedAt), ...(startedAt && { startedAt: seconds(startedAt) }), lastUpdatedAt: seconds(lastUpdatedAt), versionNumber, executionNumber }
}

export function executionData(execution: JobExecution, { now }: { readonly now: Date }) {
  const { thingName, status, statusDetails } = execution
  const deadline = deadlineOf(execution)
  const left = deadline && { approximateSecondsBeforeTimedOut: Math.max(0, seconds(deadline) - seconds(now)) }
  return { ...executionSummary(execution), thingName, status, ...(Object.keys(statusDetails).length > 0 && { statusDetails: { ...statusDetails } }), ...left }
}

/** What `notify-next` and MQTT answers hold: the document is an object there, by HTTP it is text. */
export const executionWithDocument = (execution: JobExecution, { job, now }: { readonly job: Job; readonly now: Date }): JsonObject => ({ ...executionData(execution, { now }), jobDocument: job.document })

/** `{ "QUEUED": […], "IN_PROGRESS": […] }`; what is empty is left out. */
export function notifiedLists(pending: readonly JobExecution[]): JsonObject {
  const of = (status: JobExecution['status']) => pending.filter((execution) => execution.status === status).slice(0, LISTED).map(executionSummary)
  const lists = { IN_PROGRESS: of('IN_PROGRESS'), QUEUED: of('QUEUED') }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}

export const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)
