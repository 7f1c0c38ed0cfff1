// sandbox/src/cloud/iot-core/jobs/device-topics.test.ts: devices work off their jobs over MQTT.
import { expect, test } from 'vitest'
import { ended, inbox, policyAllowing } from '../testing.ts'
import { jobsBench } from './testing.ts'

test('a device is told of a job, starts it, reports and is done', async () => {
  const { connect, job, jobs } = await jobsBench()
  const pi = await connect('pi1')
  await pi.client.subscribeAsync('$aws/things/pi1/jobs/notify')
  job('j1', { things: ['pi1'] })
  expect(await pi.next()).toMatchObject({ topic: '$aws/things/pi1/jobs/notify', document: { jobs: { QUEUED: [{ jobId: 'j1', versionNumber: 1, executionNumber: 1 }] } } })
  expect(await pi.ask('$next/get', { clientToken: 'a' })).toMatchObject({ ending: 'accepted', clientToken: 'a', execution: { jobId: 'j1', thingName: 'pi1', status: 'QUEUED', jobDocument: { does: 'j1' } } })
  expect(await pi.ask('start-next', { statusDetails: { step: '1' } })).toMatchObject({ ending: 'accepted', execution: { status: 'IN_PROGRESS', versionNumber: 2, statusDetails: { step: '1' } } })
  expect(await pi.ask('get')).toMatchObject({ inProgressJobs: [{ jobId: 'j1' }], queuedJobs: [] })
  expect(await pi.ask('j1/update', { status: 'SUCCEEDED', expectedVersion: '2', includeJobExecutionState: true })).toMatchObject({ ending: 'accepted', executionState: { status: 'SUCCEEDED', versionNumber: 3 } })
  expect(jobs.describe('j1')?.status).toBe('COMPLETED')
  expect((await pi.ask('$next/get')).execution).toBeUndefined()
})

test('times are whole seconds, and the device hears when its list is empty again', async () => {
  const { connect, job } = await jobsBench()
  const pi = await connect('pi1')
  job('j1', { things: ['pi1'] })
  const { execution, timestamp } = await pi.ask('$next/get')
  expect(execution).toMatchObject({ queuedAt: expect.closeTo(Date.now() / 1000, -1) as number })
  expect(Number.isInteger(timestamp)).toBe(true)
  await pi.client.subscribeAsync('$aws/things/pi1/jobs/notify')
  await pi.client.publishAsync('$aws/things/pi1/jobs/j1/update', '{"status":"FAILED"}')
  expect(await pi.next()).toMatchObject({ topic: '$aws/things/pi1/jobs/notify', document: { jobs: {} } })
})

test('jobs in a namespace have topics of their own, as the Greengrass nucleus asks', async () => {
  const { connect, job } = await jobsBench()
  const nucleus = await connect('pi1')
  await nucleus.client.subscribeAsync('$aws/things/pi1/jobs/notify-namespace-gg')
  job('d1', { things: ['pi1'], namespaceId: 'gg', document: { deploymentId: 'x' } })
  expect(await nucleus.next()).toMatchObject({ topic: '$aws/things/pi1/jobs/notify-namespace-gg', document: { jobs: { QUEUED: [{ jobId: 'd1' }] } } })
  expect(await nucleus.ask('$next/namespace-gg/get', { thingName: 'pi1', jobId: '$next', includeJobDocument: true })).toMatchObject({ execution: { jobId: 'd1', jobDocument: { deploymentId: 'x' } } })
  expect((await nucleus.ask('$next/get')).execution).toBeUndefined()
  expect(await nucleus.ask('d1/update', { status: 'SUCCEEDED' })).toMatchObject({ ending: 'rejected', code: 'ResourceNotFound' })
  expect(await nucleus.ask('namespace-gg/get')).toMatchObject({ queuedJobs: [{ jobId: 'd1' }] })
  expect(await nucleus.ask('d1/namespace-gg/update', { status: 'SUCCEEDED', statusDetails: { 'detailed-deployment-status': 'SUCCESSFUL' } })).toMatchObject({ ending: 'accepted' })
})

test('what is in progress is next, then the oldest; notify-next tells each change of it', async () => {
  const { connect, job } = await jobsBench()
  const pi = await connect('pi1')
  await pi.client.subscribeAsync('$aws/things/pi1/jobs/notify-next')
  job('j1', { things: ['pi1'] })
  job('j2', { things: ['pi1'] })
  await pi.client.publishAsync('$aws/things/pi1/jobs/j2/update', '{"status":"IN_PROGRESS"}')
  await pi.client.publishAsync('$aws/things/pi1/jobs/j2/update', '{"status":"SUCCEEDED"}')
  await pi.client.publishAsync('$aws/things/pi1/jobs/j1/update', '{"status":"SUCCEEDED"}')
  const told: unknown[] = []
  while (told.length < 4) {
    const { topic, document } = await pi.next()
    if (topic.endsWith('notify-next')) told.push((document['execution'] as { jobId?: string } | undefined)?.jobId)
  }
  expect(told).toEqual(['j1', 'j2', 'j1', undefined])
})

test.each<[string, string, object | string, string]>([
  ['bytes that are no JSON', 'j1/update', '{"status"', 'InvalidJson'],
  ['a status that no device sets', 'j1/update', { status: 'QUEUED' }, 'InvalidRequest'],
  ['details that are no strings', 'j1/update', { status: 'FAILED', statusDetails: { a: 1 } }, 'InvalidRequest'],
  ['too many details', 'j1/update', { status: 'FAILED', statusDetails: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])) }, 'InvalidRequest'],
  ['an old version', 'j1/update', { status: 'FAILED', expectedVersion: 7 }, 'VersionMismatch'],
  ['a job that is not there', 'other/update', { status: 'FAILED' }, 'ResourceNotFound'],
  ['a topic without meaning', 'j1/start-next', {}, 'InvalidTopic'],
])('%s: rejected with its code', async (_case, request, payload, code) => {
  const { connect, job } = await jobsBench()
  const pi = await connect('pi1')
  job('j1', { things: ['pi1'] })
  await pi.client.publishAsync(`$aws/things/pi1/jobs/${request}`, typeof payload === 'string' ? payload : JSON.stringify(payload))
  expect(await pi.next()).toMatchObject({ topic: `$aws/things/pi1/jobs/${request}/rejected`, document: { code, timestamp: expect.any(Number) as number } })
})

test('an execution that has ended is not changed, nor described', async () => {
  const { connect, job } = await jobsBench()
  const pi = await connect('pi1')
  job('j1', { things: ['pi1'] })
  await pi.ask('j1/update', { status: 'REJECTED' })
  expect(await pi.ask('j1/update', { status: 'IN_PROGRESS' })).toMatchObject({ code: 'InvalidStateTransition', executionState: { status: 'REJECTED', versionNumber: 2 } })
  expect(await pi.ask('j1/get')).toMatchObject({ code: 'TerminalStateReached' })
})

test('only the client that asked gets the answer, subscribed or not', async () => {
  const { connect, cloud } = await jobsBench()
  const pi = await connect('pi1')
  const watcher = await cloud.connect(await cloud.issue('watcher'), { clientId: 'watcher' })
  await watcher.subscribeAsync('$aws/things/pi1/jobs/get/accepted')
  expect(await pi.ask('get')).toMatchObject({ ending: 'accepted' })
  await cloud.broker.publish({ topic: '$aws/things/pi1/jobs/get/accepted', payload: 'marker' })
  expect((await inbox(watcher).next()).text).toBe('marker')
})

test('a device without permission to publish there gets nothing done', async () => {
  const { cloud, job, jobs, things } = await jobsBench()
  things('pi1')
  job('j1', { things: ['pi1'] })
  const thief = await cloud.connect(await cloud.issue('thief', [policyAllowing(['iot:Connect'], ['*'])]), { clientId: 'thief' })
  thief.publish('$aws/things/pi1/jobs/j1/update', '{"status":"SUCCEEDED"}')
  await ended(thief)
  expect(jobs.execution('j1', 'pi1')?.status).toBe('QUEUED')
})
