// sandbox/src/cloud/iot-core/jobs/job-lifecycle.test.ts: rollouts, retries, aborts, timeouts and continuous jobs, by the cloud's clock.
import { expect, test } from 'vitest'
import { stateFile } from '../testing.ts'
import type { ExecutionStatus } from './jobs.ts'
import { jobsBench, type JobsBench } from './testing.ts'

const report = ({ device }: Pick<JobsBench, 'device'>, jobId: string, outcomes: Readonly<Record<string, 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS'>>): void => {
  for (const [thingName, status] of Object.entries(outcomes)) device.update({ thingName, namespace: '' }, { jobId, status })
}
const count = (statuses: Readonly<Record<string, string>>, status: ExecutionStatus) => Object.values(statuses).filter((one) => one === status).length
const names = (n: number) => Array.from({ length: n }, (_, i) => `t${i}`)

test('a constant rate tells so many a minute', async () => {
  const bench = await jobsBench()
  bench.things(...names(5))
  bench.job('j1', { things: names(5), rollout: { maximumPerMinute: 2 } })
  expect(count(bench.statuses('j1'), 'QUEUED')).toBe(2)
  bench.pass(0.5)
  expect(count(bench.statuses('j1'), 'QUEUED')).toBe(2)
  bench.pass(0.5)
  expect(count(bench.statuses('j1'), 'QUEUED')).toBe(4)
  report(bench, 'j1', { t0: 'SUCCEEDED', t1: 'SUCCEEDED', t2: 'SUCCEEDED', t3: 'SUCCEEDED' })
  expect(bench.jobs.describe('j1')?.status).toBe('IN_PROGRESS')
  bench.pass(1)
  report(bench, 'j1', { t4: 'SUCCEEDED' })
  expect(bench.jobs.describe('j1')?.status).toBe('COMPLETED')
})

test('an exponential rate rises with those that were told', async () => {
  const bench = await jobsBench()
  bench.things(...names(20))
  bench.job('j1', { things: names(20), rollout: { exponentialRate: { baseRatePerMinute: 2, incrementFactor: 2, rateIncreaseCriteria: { numberOfNotifiedThings: 2 } } } })
  const told = [count(bench.statuses('j1'), 'QUEUED')]
  for (let minute = 0; minute < 3; minute++) {
    bench.pass(1)
    told.push(count(bench.statuses('j1'), 'QUEUED'))
  }
  expect(told).toEqual([2, 6, 20, 20])
})

test('too many failures cancel what is still queued or waiting; what is in progress goes on', async () => {
  const bench = await jobsBench()
  bench.things(...names(6))
  const abort = { criteriaList: [{ failureType: 'FAILED' as const, action: 'CANCEL' as const, thresholdPercentage: 50, minNumberOfExecutedThings: 2 }] }
  bench.job('j1', { things: names(6), rollout: { maximumPerMinute: 4 }, abort })
  report(bench, 'j1', { t2: 'IN_PROGRESS', t0: 'FAILED' })
  expect(bench.jobs.describe('j1')?.status).toBe('IN_PROGRESS') // one is too few to judge by
  report(bench, 'j1', { t1: 'SUCCEEDED' })
  expect(bench.jobs.describe('j1')?.status).toBe('CANCELED')
  expect(bench.statuses('j1')).toEqual({ t0: 'FAILED', t1: 'SUCCEEDED', t2: 'IN_PROGRESS', t3: 'CANCELED' })
  bench.pass(5)
  expect(Object.keys(bench.statuses('j1'))).toHaveLength(4)
  report(bench, 'j1', { t2: 'SUCCEEDED' })
  expect(bench.statuses('j1')['t2']).toBe('SUCCEEDED')
})

test('failed runs are tried again as often as the job says, and counted once', async () => {
  const bench = await jobsBench()
  bench.things('t0')
  bench.job('j1', { things: ['t0'], retry: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 2 }] }, abort: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 100, minNumberOfExecutedThings: 1 }] } })
  for (const executionNumber of [1, 2]) {
    expect(bench.jobs.execution('j1', 't0')).toMatchObject({ executionNumber, status: 'QUEUED', versionNumber: 1 })
    report(bench, 'j1', { t0: 'FAILED' })
  }
  expect(bench.jobs.describe('j1')?.status).toBe('IN_PROGRESS')
  report(bench, 'j1', { t0: 'FAILED' })
  expect(bench.jobs.execution('j1', 't0')).toMatchObject({ executionNumber: 3, status: 'FAILED' })
  expect(bench.jobs.describe('j1')?.status).toBe('CANCELED')
})

test('an execution in progress times out; a step timer may end it sooner, or be taken back', async () => {
  const bench = await jobsBench()
  bench.things('t0', 't1', 't2')
  bench.job('j1', { things: names(3), timeout: { inProgressTimeoutInMinutes: 60 } })
  const update = (thingName: string, request: object) => bench.device.update({ thingName, namespace: '' }, { jobId: 'j1', status: 'IN_PROGRESS', ...request })
  update('t0', {})
  update('t1', { stepTimeoutInMinutes: 10 })
  update('t2', { stepTimeoutInMinutes: 10 })
  update('t2', { stepTimeoutInMinutes: -1 })
  bench.pass(11)
  expect(bench.statuses('j1')).toEqual({ t0: 'IN_PROGRESS', t1: 'TIMED_OUT', t2: 'IN_PROGRESS' })
  update('t0', { statusDetails: { step: '2' } }) // does not begin the whole time anew
  bench.pass(50)
  expect(bench.statuses('j1')).toEqual({ t0: 'TIMED_OUT', t1: 'TIMED_OUT', t2: 'TIMED_OUT' })
  expect(bench.jobs.describe('j1')?.status).toBe('COMPLETED')
})

test('a continuous job takes those that join, drops those that leave or are deleted, and never completes', async () => {
  const bench = await jobsBench()
  const { registry } = bench.cloud
  bench.things(...names(3))
  registry.join('t0', 'pis')
  bench.job('j1', { groups: ['pis'], targetSelection: 'CONTINUOUS' })
  report(bench, 'j1', { t0: 'SUCCEEDED' })
  registry.join('t1', 'pis')
  registry.join('t2', 'pis')
  expect(bench.statuses('j1')).toEqual({ t0: 'SUCCEEDED', t1: 'QUEUED', t2: 'QUEUED' })
  registry.leave('t1', 'pis')
  registry.deleteThing('t2')
  registry.leave('t0', 'pis')
  expect(bench.statuses('j1')).toEqual({ t0: 'SUCCEEDED', t1: 'REMOVED', t2: 'REMOVED' })
  registry.join('t1', 'pis')
  registry.join('t0', 'pis')
  expect(bench.statuses('j1')).toEqual({ t0: 'SUCCEEDED', t1: 'QUEUED', t2: 'REMOVED' })
  bench.jobs.cancel('j1')
  registry.addThing('t9')
  registry.join('t9', 'pis')
  expect(bench.statuses('j1')).toEqual({ t0: 'SUCCEEDED', t1: 'CANCELED', t2: 'REMOVED' })
})

test('a snapshot job keeps to those that were there', async () => {
  const bench = await jobsBench()
  const { registry } = bench.cloud
  bench.things('t0', 't1')
  registry.join('t0', 'pis')
  bench.job('j1', { groups: ['pis'] })
  registry.join('t1', 'pis')
  registry.leave('t0', 'pis')
  expect(bench.statuses('j1')).toEqual({ t0: 'QUEUED' })
  registry.deleteThing('t0')
  expect(bench.jobs.describe('j1')?.status).toBe('COMPLETED')
})

test('cancelling spares what is in progress, unless forced', async () => {
  const bench = await jobsBench()
  bench.things('t0', 't1')
  bench.job('j1', { things: names(2) })
  report(bench, 'j1', { t0: 'IN_PROGRESS' })
  bench.jobs.cancel('j1')
  expect(bench.statuses('j1')).toEqual({ t0: 'IN_PROGRESS', t1: 'CANCELED' })
  expect(bench.jobs.cancel('j1', { force: true, comment: 'superseded' })).toMatchObject({ forceCanceled: true, comment: 'superseded' })
  expect(bench.statuses('j1')).toEqual({ t0: 'CANCELED', t1: 'CANCELED' })
})

test('other services hear of changes once they are stored', async () => {
  const bench = await jobsBench()
  bench.things('t0')
  const heard: string[] = []
  bench.jobs.onExecutionChange(({ job, before, after }) => heard.push(`${job.jobId} ${before?.status ?? '-'} ${after?.status ?? '-'} ${bench.jobs.execution('j1', 't0')?.status ?? '-'}`))
  const { store } = bench.cloud
  expect(() =>
    store.transaction(() => {
      bench.job('j1', { things: ['t0'] })
      throw new Error('the caller changed its mind')
    }),
  ).toThrow('changed its mind')
  expect(heard).toEqual([])
  bench.job('j1', { things: ['t0'] })
  report(bench, 'j1', { t0: 'IN_PROGRESS' })
  bench.jobs.delete('j1', { force: true })
  expect(heard).toEqual(['j1 - QUEUED QUEUED', 'j1 QUEUED IN_PROGRESS IN_PROGRESS', 'j1 IN_PROGRESS - -'])
})

test('after a restart everything goes on where it was', async () => {
  const file = stateFile()
  const before = await jobsBench({ file })
  before.things('t0', 't1')
  before.job('j1', { things: names(2), rollout: { maximumPerMinute: 1 }, timeout: { inProgressTimeoutInMinutes: 5 } })
  report(before, 'j1', { t0: 'IN_PROGRESS' })
  await before.close()
  const after = await jobsBench({ file })
  after.things('t0', 't1')
  after.pass(6)
  expect(after.statuses('j1')).toEqual({ t0: 'TIMED_OUT', t1: 'QUEUED' })
})

test('ends are told on the event topics when the account wants them', async () => {
  const bench = await jobsBench()
  bench.things('t0')
  const operator = await bench.connect('operator')
  await operator.client.subscribeAsync(['$aws/events/job/#', '$aws/events/jobExecution/#'])
  bench.job('quiet', { things: ['t0'] })
  report(bench, 'quiet', { t0: 'SUCCEEDED' })
  bench.events.add('JOB').add('JOB_EXECUTION')
  bench.job('j1', { things: ['t0'], description: 'x' })
  report(bench, 'j1', { t0: 'FAILED' })
  expect(await operator.next()).toMatchObject({ topic: '$aws/events/jobExecution/j1/failed', document: { eventType: 'JOB_EXECUTION', operation: 'failed', status: 'FAILED', thingArn: 'arn:aws:iot:eu-central-1:000000000000:thing/t0' } })
  expect(await operator.next()).toMatchObject({ topic: '$aws/events/job/j1/completed', document: { eventType: 'JOB', status: 'COMPLETED', jobProcessDetails: { numberOfFailedThings: 1, numberOfSucceededThings: 0 } } })
  bench.jobs.delete('j1')
  const topics = [(await operator.next()).topic, (await operator.next()).topic, (await operator.next()).topic]
  expect(topics).toEqual(['$aws/events/jobExecution/j1/deleted', '$aws/events/job/j1/deletion_in_progress', '$aws/events/job/j1/deleted'])
})

test.each<[string, object, string]>([
  ['the same id', { jobId: 'taken', things: ['t0'] }, 'ResourceAlreadyExistsException'],
  ['a thing that is not there', { jobId: 'j2', things: ['nobody'] }, 'ResourceNotFoundException'],
  ['a group that is not there', { jobId: 'j2', groups: ['nobody'] }, 'ResourceNotFoundException'],
  ['another kind of target', { jobId: 'j2', targets: ['arn:aws:iot:eu-central-1:000000000000:cert/x'] }, 'InvalidRequestException'],
  ['no target', { jobId: 'j2', targets: [] }, 'InvalidRequestException'],
])('a job with %s is refused', async (_case, { jobId, ...asked }: { jobId?: string }, code) => {
  const bench = await jobsBench()
  bench.things('t0')
  bench.job('taken', { things: ['t0'] })
  expect(() => bench.job(jobId ?? '', asked)).toThrow(expect.objectContaining({ code }) as Error)
})
