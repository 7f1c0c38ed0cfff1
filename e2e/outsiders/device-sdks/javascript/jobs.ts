// e2e/outsiders/device-sdks/javascript/jobs.ts: a device takes its jobs, tells how far it is, and ends them, by the SDK's jobs client.
import assert from 'node:assert/strict'
import { iotjobs } from 'aws-iot-device-sdk-v2'
import type { Judged } from '../judged.ts'
import { connect, type Connection, type Version } from './connections.ts'
import { listen } from './events.ts'
import { refusal } from './refused.ts'

const { IN_PROGRESS, SUCCEEDED, FAILED } = iotjobs.model.JobStatus

export async function judgeJobs({ trial, twin, fleet }: Judged, version: Version): Promise<void> {
  const tag = version.replaceAll(/\W/g, '')
  const thingName = `worker-${tag}`
  const certificate = await fleet.device(thingName)
  await using connection = await connect({ twin, version, clientId: thingName, credentials: { certificate } })
  const [first, second] = [`first-${tag}`, `second-${tag}`]
  await trial.check(`${version}: jobs are told, taken, reported and ended in their order`, async () => {
    await work({ ...connection, thingName, first, second, order: (jobId) => fleet.job(jobId, thingName) })
    trial.judged('Jobs', `next, update, progress, notifications, ${version}`)
  })
  await trial.check(`${version}: a wrong update is refused in AWS's words`, async () => {
    await misreport({ ...connection, thingName, first, second, order: (jobId) => fleet.job(jobId, thingName) })
    trial.judged('Jobs', `refusals, ${version}`)
  })
}

interface Work extends Pick<Connection, 'jobs'> {
  readonly thingName: string
  readonly first: string
  readonly second: string
  readonly order: (jobId: string) => Promise<void>
}

async function work({ jobs, thingName, first, second, order }: Work): Promise<void> {
  using queue = await listen(jobs.createJobExecutionsChangedStream({ thingName }))
  using next = await listen(jobs.createNextJobExecutionChangedStream({ thingName }))
  assert.partialDeepStrictEqual(await jobs.getPendingJobExecutions({ thingName }), { inProgressJobs: [], queuedJobs: [] })
  await order(first)
  assert.partialDeepStrictEqual(await next.first(({ execution }) => execution?.jobId === first), { execution: { status: 'QUEUED', jobDocument: { do: first } } })
  await queue.first((message) => message.jobs?.['QUEUED']?.some(({ jobId }) => jobId === first) === true)
  await order(second)

  const { execution } = await jobs.startNextPendingJobExecution({ thingName, statusDetails: { step: 'begun' } })
  assert.partialDeepStrictEqual(execution, { jobId: first, thingName, status: IN_PROGRESS, statusDetails: { step: 'begun' }, executionNumber: 1 })
  const pending = await jobs.getPendingJobExecutions({ thingName })
  assert.deepEqual([pending.inProgressJobs?.map(({ jobId }) => jobId), pending.queuedJobs?.map(({ jobId }) => jobId)], [[first], [second]])

  const versionNumber = execution?.versionNumber ?? 0
  const updated = await jobs.updateJobExecution({ thingName, jobId: first, status: IN_PROGRESS, statusDetails: { step: 'half' }, expectedVersion: versionNumber, includeJobExecutionState: true, includeJobDocument: true })
  assert.partialDeepStrictEqual(updated, { executionState: { status: IN_PROGRESS, statusDetails: { step: 'half' }, versionNumber: versionNumber + 1 }, jobDocument: { do: first } })
  assert.partialDeepStrictEqual(await jobs.describeJobExecution({ thingName, jobId: first, includeJobDocument: true }), { execution: { status: IN_PROGRESS, statusDetails: { step: 'half' }, jobDocument: { do: first } } })

  await jobs.updateJobExecution({ thingName, jobId: first, status: SUCCEEDED })
  await next.first(({ execution: now }) => now?.jobId === second)
  assert.partialDeepStrictEqual(await jobs.describeJobExecution({ thingName, jobId: '$next' }), { execution: { jobId: second, status: 'QUEUED' } })
  await jobs.startNextPendingJobExecution({ thingName })
  await jobs.updateJobExecution({ thingName, jobId: second, status: FAILED, statusDetails: { reason: 'out of oil' } })
  await queue.first((message) => Object.keys(message.jobs ?? { none: [] }).length === 0)
  assert.equal((await jobs.startNextPendingJobExecution({ thingName })).execution, undefined)
}

/** After `work`: both jobs have ended. */
async function misreport({ jobs, thingName, first, order }: Work): Promise<void> {
  const { INVALID_STATE_TRANSITION, RESOURCE_NOT_FOUND, VERSION_MISMATCH, TERMINAL_STATE_REACHED } = iotjobs.model.RejectedErrorCode
  const said = async (request: Promise<unknown>) => (await refusal(request))['code']
  assert.equal(await said(jobs.updateJobExecution({ thingName, jobId: 'no-such-job', status: IN_PROGRESS })), RESOURCE_NOT_FOUND)
  assert.equal(await said(jobs.updateJobExecution({ thingName, jobId: first, status: IN_PROGRESS })), INVALID_STATE_TRANSITION)
  assert.equal(await said(jobs.describeJobExecution({ thingName, jobId: 'no-such-job' })), RESOURCE_NOT_FOUND)
  assert.equal(await said(jobs.describeJobExecution({ thingName, jobId: first })), TERMINAL_STATE_REACHED)
  const third = `${first}-again`
  await order(third)
  await jobs.startNextPendingJobExecution({ thingName })
  const mismatch = await refusal(jobs.updateJobExecution({ thingName, jobId: third, status: SUCCEEDED, expectedVersion: 99 }))
  assert.partialDeepStrictEqual(mismatch, { code: VERSION_MISMATCH, executionState: { status: IN_PROGRESS } })
  await jobs.updateJobExecution({ thingName, jobId: third, status: SUCCEEDED })
}
