// sandbox/src/site/nucleus/deployments/jobs-wire.test.ts: what the nucleus says and hears of jobs, message by message.
import { expect, test } from 'vitest'
import { eventually } from '../testing.ts'
import { documentOf, JOBS, recipeOf, SHADOW, wireCloud, type WireCloud } from '../testing-wire.ts'

const RUNS = { run: 'sleep 100' }

interface JobQueue {
  readonly add: (jobId: string, queuedAt: number, document: object) => Promise<void>
  readonly cancel: (jobId: string) => Promise<void>
}

/** Jobs as AWS IoT keeps them: the first that is not done is next; each update is accepted. */
function queue({ on, say }: WireCloud): JobQueue {
  const jobs: { jobId: string; queuedAt: number; document: object }[] = []
  const notify = () => say(JOBS.notify, { timestamp: 1, jobs: jobs.length === 0 ? {} : { QUEUED: jobs.map(({ jobId, queuedAt }) => ({ jobId, queuedAt })) } })
  on(JOBS.next, () => {
    const [next] = jobs
    return say(`${JOBS.next}/accepted`, { timestamp: 1, ...(next && { execution: { jobId: next.jobId, status: 'QUEUED', queuedAt: next.queuedAt, jobDocument: next.document } }) })
  })
  return {
    async add(jobId, queuedAt, document) {
      jobs.push({ jobId, queuedAt, document })
      on(JOBS.update(jobId), async ({ status }) => {
        await say(`${JOBS.update(jobId)}/accepted`, { timestamp: 1 })
        if (status === 'IN_PROGRESS') return
        jobs.splice(jobs.findIndex((job) => job.jobId === jobId), 1)
        await notify()
      })
      await notify()
    },
    async cancel(jobId) {
      jobs.splice(jobs.findIndex((job) => job.jobId === jobId), 1)
      await notify()
    },
  }
}

test('on its start it subscribes to jobs and shadow, and asks both', async () => {
  const wire = await wireCloud()
  await wire.start()
  await eventually(() => wire.cloud.broker.subscriptionsOf('core')?.map(({ filter }) => filter.slice('$aws/things/core/'.length)).sort()).toEqual(
    [`${JOBS.next}/accepted`, `${JOBS.next}/rejected`, JOBS.notify, `${SHADOW}/get/accepted`, `${SHADOW}/update/accepted`, `${SHADOW}/update/rejected`].sort(),
  )
  await eventually(() => wire.said(JOBS.next)).toEqual([{ thingName: 'core', jobId: '$next', includeJobDocument: true }])
  await eventually(() => wire.said(`${SHADOW}/get`)).toEqual([{ thingName: 'core', shadowName: 'AWSManagedGreengrassV2Deployment' }])
})

test('a job is IN_PROGRESS, then SUCCEEDED, and its topics are left again', async () => {
  const wire = await wireCloud()
  wire.components['app'] = recipeOf('app', RUNS)
  const { add } = queue(wire)
  await wire.start()
  await add('job-1', 10, documentOf(1, { app: '1.0.0' }))
  await eventually(() => wire.said(JOBS.update('job-1'))).toEqual([
    { thingName: 'core', jobId: 'job-1', status: 'IN_PROGRESS', statusDetails: {} },
    { thingName: 'core', jobId: 'job-1', status: 'SUCCEEDED', statusDetails: { 'detailed-deployment-status': 'SUCCESSFUL' } },
  ])
  await eventually(() => wire.cloud.broker.subscriptionsOf('core')).toHaveLength(6)
})

test('jobs go one after another, and what was heard before is not done again', async () => {
  const wire = await wireCloud()
  wire.components['app'] = recipeOf('app', RUNS)
  const { add } = queue(wire)
  await wire.start()
  await add('job-1', 10, documentOf(1, { app: '1.0.0' }))
  await eventually(() => wire.said(JOBS.update('job-1'))).toHaveLength(2)
  await add('job-0', 9, documentOf(2, {}))
  await eventually(wire.log).toContain('Duplicate or outdated job notification. Ignoring.')
  expect(wire.said(JOBS.update('job-0'))).toEqual([])
})

test('an answer without a job, though one was announced, is asked for again', async () => {
  const wire = await wireCloud()
  await wire.start()
  await eventually(() => wire.said(JOBS.next)).toHaveLength(1)
  let answers = 0
  wire.on(JOBS.next, () => wire.say(`${JOBS.next}/accepted`, { timestamp: 1, ...(++answers === 4 && { execution: { jobId: 'late', queuedAt: 1, jobDocument: documentOf(1, {}) } }) }))
  await wire.say(JOBS.notify, { timestamp: 1, jobs: { QUEUED: [{ jobId: 'late', queuedAt: 1 }] } })
  await eventually(() => wire.said(JOBS.update('late'))).not.toEqual([])
  expect(wire.said(JOBS.next)).toHaveLength(5)
})

test('a job that is cancelled while it downloads is given up without a word', async () => {
  const wire = await wireCloud()
  const { add, cancel } = queue(wire)
  wire.components['app'] = { ...recipeOf('app', RUNS), Manifests: [{ Artifacts: [{ Uri: 's3://no/thing', Digest: 'x', Algorithm: 'SHA-256' }] }] } // S3 cannot be reached: it would try for ever
  await wire.start({ environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } })
  await add('job-1', 10, documentOf(1, { app: '1.0.0' }))
  await eventually(wire.log).toContain('prepare-package-start')
  await cancel('job-1')
  await eventually(wire.log).toContain('Deployment task is cancelled')
  await add('job-2', 11, documentOf(2, {}))
  await eventually(() => wire.said(JOBS.update('job-2')).map(({ status }) => status)).toEqual(['IN_PROGRESS', 'SUCCEEDED'])
  expect(wire.said(JOBS.update('job-1')).map(({ status }) => status)).toEqual(['IN_PROGRESS'])
})

test('a status that was not accepted is told again when the connection stands again, in its order', async () => {
  const wire = await wireCloud()
  const { add } = queue(wire)
  await wire.start()
  await add('job-1', 10, documentOf(1, {}))
  wire.on(JOBS.update('job-1'), () => {}) // the cloud says nothing
  await eventually(wire.log).toContain('Timed out while updating the job status')
  wire.on(JOBS.update('job-1'), () => wire.say(`${JOBS.update('job-1')}/accepted`, { timestamp: 1 }))
  const before = wire.said(JOBS.update('job-1')).length
  wire.cable.cut()
  wire.cable.restore()
  await eventually(() => wire.said(JOBS.update('job-1')).slice(before).map(({ status }) => status).at(-1)).toBe('SUCCEEDED')
})

test('a rejected status is not told again', async () => {
  const wire = await wireCloud()
  const { add } = queue(wire)
  await wire.start()
  await eventually(() => wire.said(JOBS.next)).toHaveLength(1)
  await add('job-1', 10, documentOf(1, {}))
  wire.on(JOBS.update('job-1'), () => wire.say(`${JOBS.update('job-1')}/rejected`, { code: 'InvalidStateTransition', message: 'it is over' }))
  await eventually(() => wire.said(JOBS.update('job-1')).map(({ status }) => status)).toEqual(['IN_PROGRESS', 'SUCCEEDED'])
  await eventually(wire.log).toMatch(/Job status update rejected.*reason=it is over/)
})
