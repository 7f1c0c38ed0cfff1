// sandbox/src/cloud/iot-core/jobs/jobs-api.test.ts: operators and devices manage jobs by the AWS SDK on a real gateway.
import { request } from 'node:https'
import { AssociateTargetsWithJobCommand, CancelJobCommand, CancelJobExecutionCommand, CreateJobCommand, DeleteJobCommand, DeleteJobExecutionCommand, DescribeJobCommand, DescribeJobExecutionCommand, GetJobDocumentCommand, IoTClient, ListJobExecutionsForJobCommand, ListJobExecutionsForThingCommand, ListJobsCommand, UpdateJobCommand, type CreateJobRequest } from '@aws-sdk/client-iot'
import * as data from '@aws-sdk/client-iot-jobs-data-plane'
import { expect, test } from 'vitest'
import { openTestGateway, SESSION_KEY } from '../../wire/testing.ts'
import { cognitoIdentities } from '../policy/cognito-identity.ts'
import { deviceIdentities } from '../policy/device-identity.ts'
import { ACCOUNT, iotArn, policyAllowing, type Credentials } from '../testing.ts'
import { jobsControlPlane } from './jobs-control-plane.ts'
import { jobsDataPlane } from './jobs-data-plane.ts'
import { jobsBench } from './testing.ts'

async function setUp(rolePolicies: readonly string[] = []) {
  const bench = await jobsBench()
  const { clock, store, registry, pki } = bench.cloud
    const tagged = new Map<string, unknown>()
  const objects = new Map<string, Uint8Array>()
  const kept = { get: (bucket: string, key: string) => objects.get(`${bucket}/${key}`), put: () => undefined }
  const tags = { set: (arn: string, given: unknown) => void tagged.set(arn, given), removeAll: (arn: string) => void tagged.delete(arn) }
  const services = [jobsControlPlane({ account: ACCOUNT, clock, store, jobs: bench, objects: kept, tags }), jobsDataPlane({ device: bench.device, identities: deviceIdentities(registry, clock), people: cognitoIdentities({}, registry), clock })]
  const gateway = await openTestGateway({ services, clock, rolePolicies, certificateArn: (id) => registry.certificate(id)?.arn })
  const tls = (credentials: Credentials) => ({ ca: gateway.pki.caPem, cert: credentials.cert, key: credentials.key })
  bench.things('t0', 't1')
  return { bench, gateway, tls, pki, tagged, objects, iot: new IoTClient(gateway.client()), session: new IoTClient(gateway.client(SESSION_KEY)), device: new data.IoTJobsDataPlaneClient(gateway.client()) }
}

const thing = (name: string) => iotArn(`thing/${name}`)
const JOB: CreateJobRequest = { jobId: 'j1', targets: [thing('t0')], document: '{"does":"x"}' }

test('a job is created, described, listed, changed, cancelled and deleted', async () => {
  const { iot, tagged } = await setUp()
  expect(await iot.send(new CreateJobCommand({ ...JOB, description: 'first', tags: [{ Key: 'a', Value: 'b' }] }))).toMatchObject({ jobId: 'j1', jobArn: iotArn('job/j1') })
  expect(tagged.get(iotArn('job/j1'))).toEqual([{ Key: 'a', Value: 'b' }])
  expect((await iot.send(new DescribeJobCommand({ jobId: 'j1' }))).job).toMatchObject({ status: 'IN_PROGRESS', targetSelection: 'SNAPSHOT', targets: [thing('t0')], createdAt: expect.any(Date) as Date, isConcurrent: false, jobProcessDetails: { numberOfQueuedThings: 1, numberOfSucceededThings: 0 } })
  await iot.send(new UpdateJobCommand({ jobId: 'j1', description: 'second', timeoutConfig: { inProgressTimeoutInMinutes: 5 } }))
  expect((await iot.send(new DescribeJobCommand({ jobId: 'j1' }))).job).toMatchObject({ description: 'second', timeoutConfig: { inProgressTimeoutInMinutes: 5 } })
  expect((await iot.send(new GetJobDocumentCommand({ jobId: 'j1' }))).document).toBe('{"does":"x"}')
  expect((await iot.send(new ListJobsCommand({ status: 'IN_PROGRESS' }))).jobs).toMatchObject([{ jobId: 'j1' }])
  expect((await iot.send(new ListJobsCommand({ targetSelection: 'CONTINUOUS' }))).jobs).toEqual([])
  await expect(iot.send(new ListJobsCommand({ thingGroupId: 'g' }))).rejects.toMatchObject({ name: 'InvalidRequestException' }) // not all jobs, as if it had not been asked
  await expect(iot.send(new DeleteJobCommand({ jobId: 'j1' }))).rejects.toMatchObject({ name: 'InvalidStateTransitionException' })
  await iot.send(new CancelJobCommand({ jobId: 'j1', comment: 'enough', reasonCode: 'R1' }))
  expect((await iot.send(new DescribeJobCommand({ jobId: 'j1' }))).job).toMatchObject({ status: 'CANCELED', comment: 'enough', reasonCode: 'R1' })
  await iot.send(new DeleteJobCommand({ jobId: 'j1' }))
  await expect(iot.send(new DescribeJobCommand({ jobId: 'j1' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect(tagged.size).toBe(0)
})

test('executions are listed by job and by thing, page by page, cancelled and deleted', async () => {
  const { iot, bench } = await setUp()
  await iot.send(new CreateJobCommand({ ...JOB, targets: [thing('t0'), thing('t1')] }))
  const first = await iot.send(new ListJobExecutionsForJobCommand({ jobId: 'j1', maxResults: 1 }))
  const second = await iot.send(new ListJobExecutionsForJobCommand({ jobId: 'j1', maxResults: 1, nextToken: first.nextToken }))
  expect([first, second].flatMap(({ executionSummaries = [] }) => executionSummaries.map(({ thingArn }) => thingArn))).toEqual([thing('t0'), thing('t1')])
  expect((await iot.send(new ListJobExecutionsForThingCommand({ thingName: 't0', status: 'QUEUED' }))).executionSummaries).toMatchObject([{ jobId: 'j1', jobExecutionSummary: { executionNumber: 1 } }])
  bench.device.update({ thingName: 't0', namespace: '' }, { jobId: 'j1', status: 'IN_PROGRESS' })
  await expect(iot.send(new CancelJobExecutionCommand({ jobId: 'j1', thingName: 't0' }))).rejects.toMatchObject({ name: 'InvalidStateTransitionException' })
  await expect(iot.send(new CancelJobExecutionCommand({ jobId: 'j1', thingName: 't0', force: true, expectedVersion: 9 }))).rejects.toMatchObject({ name: 'VersionConflictException' })
  await iot.send(new CancelJobExecutionCommand({ jobId: 'j1', thingName: 't0', force: true, statusDetails: { why: 'because' } }))
  expect((await iot.send(new DescribeJobExecutionCommand({ jobId: 'j1', thingName: 't0' }))).execution).toMatchObject({ status: 'CANCELED', forceCanceled: true, statusDetails: { detailsMap: { why: 'because' } }, thingArn: thing('t0') })
  await expect(iot.send(new DeleteJobExecutionCommand({ jobId: 'j1', thingName: 't1', executionNumber: 1 }))).rejects.toMatchObject({ name: 'InvalidStateTransitionException' })
  await iot.send(new DeleteJobExecutionCommand({ jobId: 'j1', thingName: 't0', executionNumber: 1 }))
  expect(bench.statuses('j1')).toEqual({ t1: 'QUEUED' })
  expect((await iot.send(new DescribeJobCommand({ jobId: 'j1' }))).job?.jobProcessDetails).toMatchObject({ numberOfCanceledThings: 0, numberOfQueuedThings: 1 })
})

test('targets are added to a continuous job only', async () => {
  const { iot, bench } = await setUp()
  await iot.send(new CreateJobCommand(JOB))
  await expect(iot.send(new AssociateTargetsWithJobCommand({ jobId: 'j1', targets: [thing('t1')] }))).rejects.toMatchObject({ name: 'InvalidRequestException' })
  await iot.send(new CreateJobCommand({ ...JOB, jobId: 'j2', targetSelection: 'CONTINUOUS' }))
  await iot.send(new AssociateTargetsWithJobCommand({ jobId: 'j2', targets: [thing('t1')] }))
  expect(bench.statuses('j2')).toEqual({ t0: 'QUEUED', t1: 'QUEUED' })
})

test('a document can come from a bucket', async () => {
  const { iot, objects } = await setUp()
  objects.set('bucket/a/b.json', Buffer.from('{"from":"s3"}'))
  const documents = ['https://bucket.s3.eu-central-1.amazonaws.com/a/b.json', 'https://s3.eu-central-1.amazonaws.com/bucket/a/b.json'].map(async (documentSource, i) => {
    await iot.send(new CreateJobCommand({ jobId: `j${i}`, targets: [thing('t0')], documentSource }))
    return (await iot.send(new GetJobDocumentCommand({ jobId: `j${i}` }))).document
  })
  expect(await Promise.all(documents)).toEqual(['{"from":"s3"}', '{"from":"s3"}'])
})

test.each<[string, Partial<CreateJobRequest>]>([
  ['an id that is none', { jobId: 'a b' }],
  ['a document that is no JSON', { document: '{' }],
  ['a document that is too large', { document: JSON.stringify({ a: 'x'.repeat(33_000) }) }],
  ['no document', { document: undefined }],
  ['an object that is not there', { document: undefined, documentSource: 'https://s3.amazonaws.com/b/k' }],
  ['a rate of nothing', { jobExecutionsRolloutConfig: { maximumPerMinute: 0 } }],
  ['a rate that never rises', { jobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria: {} } } }],
  ['eleven retries', { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 11 }] } }],
  ['a schedule', { schedulingConfig: { startTime: '2030-01-01 00:00' } }],
])('a job with %s is refused', async (_case, part) => {
  const { iot } = await setUp()
  await expect(iot.send(new CreateJobCommand({ ...JOB, ...part }))).rejects.toMatchObject({ name: 'InvalidRequestException' })
})

test('a role needs the job and its targets', async () => {
  const allowed = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:CreateJob', Resource: [iotArn('job/*'), thing('t0')] }] })
  const { session } = await setUp([allowed])
  await session.send(new CreateJobCommand(JOB))
  await expect(session.send(new CreateJobCommand({ ...JOB, jobId: 'j2', targets: [thing('t1')] }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('the data plane by HTTP: the same executions, the document as text', async () => {
  const { iot, device } = await setUp()
  await iot.send(new CreateJobCommand(JOB))
  const of = { jobId: 'j1', thingName: 't0' }
  expect(await device.send(new data.GetPendingJobExecutionsCommand(of))).toMatchObject({ queuedJobs: [{ jobId: 'j1' }], inProgressJobs: [] })
  expect((await device.send(new data.StartNextPendingJobExecutionCommand({ ...of, stepTimeoutInMinutes: 10 }))).execution).toMatchObject({ status: 'IN_PROGRESS', jobDocument: '{"does":"x"}', approximateSecondsBeforeTimedOut: expect.closeTo(600, -1) as number })
  expect((await device.send(new data.DescribeJobExecutionCommand({ ...of, jobId: '$next', includeJobDocument: false }))).execution).not.toHaveProperty('jobDocument')
  await expect(device.send(new data.UpdateJobExecutionCommand({ ...of, status: 'SUCCEEDED', expectedVersion: 1 }))).rejects.toMatchObject({ name: 'InvalidStateTransitionException' })
  expect(await device.send(new data.UpdateJobExecutionCommand({ ...of, status: 'SUCCEEDED', includeJobExecutionState: true }))).toMatchObject({ executionState: { status: 'SUCCEEDED', versionNumber: 3 } })
  await expect(device.send(new data.DescribeJobExecutionCommand(of))).rejects.toMatchObject({ name: 'TerminalStateException' })
  await expect(device.send(new data.DescribeJobExecutionCommand({ ...of, jobId: 'none' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('a device by mutual TLS is held to its IoT policy', async () => {
  const { iot, bench, gateway, tls } = await setUp()
  await iot.send(new CreateJobCommand(JOB))
  const own = await bench.cloud.issue('t0', [policyAllowing(['iot:GetPendingJobExecutions'], [thing('t0')])])
  const statusFor = async (thingName: string) =>
    new Promise<number | undefined>((resolve, reject) => request(`${gateway.tlsEndpoint}/things/${thingName}/jobs`, { agent: false, ...tls(own) }, (response) => resolve(response.resume().statusCode)).on('error', reject).end())
  expect(await statusFor('t0')).toBe(200)
  expect(await statusFor('t1')).toBe(403)
})
