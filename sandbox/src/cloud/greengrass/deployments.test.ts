// sandbox/src/cloud/greengrass/deployments.test.ts: deployments to thing groups through jobs and to things through their shadow.
import { CancelDeploymentCommand, CreateDeploymentCommand, type CreateDeploymentCommandInput, DeleteDeploymentCommand, GetDeploymentCommand, ListDeploymentsCommand, ListEffectiveDeploymentsCommand } from '@aws-sdk/client-greengrassv2'
import { expect, test } from 'vitest'
import { inbox, stateFile } from '../iot-core/testing.ts'
import { ACCOUNT, GROUP, type GreengrassBench, greengrassBench, groupArn, thingArn } from './testing.ts'

const components = { 'fleetwright.led': { componentVersion: '1.0.0', configurationUpdate: { merge: '{"frequency":2}', reset: ['/old'] }, runWith: { posixUser: 'u:g' } } }
const deploy = async ({ client }: GreengrassBench, input: Partial<CreateDeploymentCommandInput> = {}) => client.send(new CreateDeploymentCommand({ targetArn: groupArn(), components, ...input }))
const deploymentOf = async ({ client }: GreengrassBench, deploymentId: string | undefined) => client.send(new GetDeploymentCommand({ deploymentId }))

test('a deployment to a group is a continuous job with the document that a nucleus reads', async () => {
  const bench = await greengrassBench()
  const rollout = { maximumPerMinute: 100 }
  const { deploymentId, iotJobId = '', iotJobArn } = await deploy(bench, { deploymentName: 'release 1', iotJobConfiguration: { jobExecutionsRolloutConfig: rollout } })
  const job = bench.jobs.describe(iotJobId)
  expect(iotJobArn).toBe(`arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:job/${iotJobId}`)
  expect(job).toMatchObject({ targets: [groupArn()], targetSelection: 'CONTINUOUS', namespaceId: 'aws-gg-deployment', rollout })
  expect(job?.document).toEqual({
    deploymentId,
    deploymentName: 'release 1',
    configurationArn: `arn:aws:greengrass:${ACCOUNT.region}:${ACCOUNT.accountId}:configuration:thinggroup/${GROUP}:1`,
    schemaDate: '2021-05-17',
    creationTimestamp: expect.any(Number),
    components: { 'fleetwright.led': { version: '1.0.0', configurationUpdate: { merge: { frequency: 2 }, reset: ['/old'] }, runWith: { posixUser: 'u:g' } } },
    requiredCapabilities: [],
    failureHandlingPolicy: 'ROLLBACK',
    componentUpdatePolicy: { timeout: 60, action: 'NOTIFY_COMPONENTS' },
    configurationValidationPolicy: { timeout: 30 },
  })
  expect(await deploymentOf(bench, deploymentId)).toMatchObject({
    targetArn: groupArn(),
    revisionId: '1',
    deploymentName: 'release 1',
    deploymentStatus: 'ACTIVE',
    isLatestForTarget: true,
    components,
    deploymentPolicies: { failureHandlingPolicy: 'ROLLBACK', configurationValidationPolicy: { timeoutInSeconds: 30 } },
    iotJobConfiguration: { jobExecutionsRolloutConfig: rollout },
  })
})

test('a new revision supersedes the one before, whose deletion disturbs nothing', async () => {
  const bench = await greengrassBench()
  const first = await deploy(bench)
  const second = await deploy(bench, { components: {} })
  expect(bench.jobs.describe(first.iotJobId ?? '')).toMatchObject({ status: 'CANCELED', forceCanceled: true })
  expect(await deploymentOf(bench, first.deploymentId)).toMatchObject({ deploymentStatus: 'CANCELED', isLatestForTarget: false, revisionId: '1' })
  expect(await deploymentOf(bench, second.deploymentId)).toMatchObject({ deploymentStatus: 'ACTIVE', isLatestForTarget: true, revisionId: '2' })
  const list = async (historyFilter?: 'ALL' | 'LATEST_ONLY') => (await bench.client.send(new ListDeploymentsCommand({ targetArn: groupArn(), historyFilter }))).deployments?.map(({ deploymentId }) => deploymentId)
  expect(await list()).toEqual([second.deploymentId])
  expect(await list('ALL')).toHaveLength(2)
  await bench.client.send(new DeleteDeploymentCommand({ deploymentId: first.deploymentId }))
  expect(await list('ALL')).toEqual([second.deploymentId])
  expect(bench.jobs.describe(second.iotJobId ?? '')?.status).toBe('IN_PROGRESS')
})

test('what is active is cancelled before it is deleted, and revisions go on', async () => {
  const bench = await greengrassBench()
  const { deploymentId, iotJobId = '' } = await deploy(bench)
  await expect(bench.client.send(new DeleteDeploymentCommand({ deploymentId }))).rejects.toMatchObject({ name: 'ConflictException' })
  expect((await bench.client.send(new CancelDeploymentCommand({ deploymentId }))).message).toBe('SUCCESS')
  expect(bench.jobs.describe(iotJobId)?.status).toBe('CANCELED')
  await expect(bench.client.send(new CancelDeploymentCommand({ deploymentId }))).rejects.toMatchObject({ name: 'ConflictException' })
  await bench.client.send(new DeleteDeploymentCommand({ deploymentId }))
  await expect(deploymentOf(bench, deploymentId)).rejects.toMatchObject({ name: 'ResourceNotFoundException', resourceType: 'deployment' })
  expect(await deploymentOf(bench, (await deploy(bench)).deploymentId)).toMatchObject({ revisionId: '2' })
})

test('a request that is sent again with its token makes no second job', async () => {
  const bench = await greengrassBench()
  const [one, two] = await Promise.all([deploy(bench, { clientToken: 'once' }), deploy(bench, { clientToken: 'once' })])
  expect(two.deploymentId).toBe(one.deploymentId)
  expect(await deploymentOf(bench, two.deploymentId)).toMatchObject({ revisionId: '1' })
})

test.each<[string, Partial<CreateDeploymentCommandInput>, string, RegExp]>([
  ['a group that is not there', { targetArn: groupArn('absent') }, 'ResourceNotFoundException', /absent/],
  ['a thing that is not there', { targetArn: thingArn('absent') }, 'ResourceNotFoundException', /absent/],
  ['another region\'s group', { targetArn: groupArn().replace(ACCOUNT.region, 'us-east-1') }, 'ValidationException', /not the ARN/],
  ['a version range', { components: { x: { componentVersion: '^1.0.0' } } }, 'ValidationException', /no semantic version/],
  ['a configuration that is no object', { components: { x: { componentVersion: '1.0.0', configurationUpdate: { merge: '[1]' } } } }, 'ValidationException', /not a JSON object/],
  ['a reset that is no pointer', { components: { x: { componentVersion: '1.0.0', configurationUpdate: { reset: ['a'] } } } }, 'ValidationException', /no JSON pointer/],
  ['an unknown policy', { deploymentPolicies: { failureHandlingPolicy: 'HOPE' as 'ROLLBACK' } }, 'ValidationException', /HOPE/],
  ['a subdeployment', { parentTargetArn: groupArn() }, 'ValidationException', /Not offered by the sandbox/],
])('%s is refused, and the current deployment stays', async (_case, input, name, message) => {
  const bench = await greengrassBench()
  const { deploymentId } = await deploy(bench)
  await expect(deploy(bench, input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
  expect(await deploymentOf(bench, deploymentId)).toMatchObject({ deploymentStatus: 'ACTIVE', isLatestForTarget: true })
})

test('a deployment to a thing comes by its shadow, and ends as the core reports', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  const device = await core.connect()
  const shadow = '$aws/things/pi1/shadow/name/AWSManagedGreengrassV2Deployment'
  await device.subscribeAsync(`${shadow}/update/accepted`, { qos: 1 })
  const { deploymentId, iotJobId } = await deploy(bench, { targetArn: thingArn('pi1') })
  expect(iotJobId).toBeUndefined()
  const desired = async () => (JSON.parse((await inbox(device).next()).text) as { state: { desired: { desiredStatus: string; fleetConfig: string } } }).state.desired
  const { desiredStatus, fleetConfig } = await desired()
  expect(desiredStatus).toBe('STARTED')
  const configurationArn = `arn:aws:greengrass:${ACCOUNT.region}:${ACCOUNT.accountId}:configuration:thing/pi1:1`
  expect(JSON.parse(fleetConfig)).toMatchObject({ deploymentId, configurationArn, components: { 'fleetwright.led': { version: '1.0.0' } } })
  const report = async (status: string, statusDetails: object) => {
    const reported = { ggcVersion: '2.18.0', fleetConfigurationArnForStatus: configurationArn, status, statusDetails }
    await device.publishAsync(`${shadow}/update`, JSON.stringify({ state: { reported } }), { qos: 1 })
    await inbox(device).next()
  }
  const effective = async () => (await bench.client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'pi1' }))).effectiveDeployments
  expect(await effective()).toMatchObject([{ deploymentId, coreDeviceExecutionStatus: 'QUEUED' }])
  await report('IN_PROGRESS', {})
  expect(await deploymentOf(bench, deploymentId)).toMatchObject({ deploymentStatus: 'ACTIVE' })
  await report('FAILED', { detailedStatus: 'FAILED_ROLLBACK_COMPLETE', failureCause: 'Service x in broken state', errorStack: ['DEPLOYMENT_FAILURE'], errorTypes: ['USER_COMPONENT_ERROR'] })
  expect(await deploymentOf(bench, deploymentId)).toMatchObject({ deploymentStatus: 'FAILED' })
  expect(await effective()).toMatchObject([
    {
      deploymentId,
      targetArn: thingArn('pi1'),
      coreDeviceExecutionStatus: 'FAILED',
      reason: 'FAILED_ROLLBACK_COMPLETE: Service x in broken state',
      statusDetails: { errorStack: ['DEPLOYMENT_FAILURE'], errorTypes: ['USER_COMPONENT_ERROR'] },
    },
  ])
  await report('SUCCEEDED', { detailedStatus: 'SUCCESSFUL', failureCause: '', errorStack: [], errorTypes: [] })
  expect(await effective()).toMatchObject([{ coreDeviceExecutionStatus: 'COMPLETED', reason: 'SUCCESSFUL' }])
  const next = await deploy(bench, { targetArn: thingArn('pi1') })
  expect(await deploymentOf(bench, deploymentId)).toMatchObject({ deploymentStatus: 'COMPLETED', isLatestForTarget: false })
  expect(await deploymentOf(bench, next.deploymentId)).toMatchObject({ deploymentStatus: 'ACTIVE', revisionId: '2' })
  await inbox(device).next()
  await bench.client.send(new CancelDeploymentCommand({ deploymentId: next.deploymentId }))
  expect(await desired()).toEqual({ desiredStatus: 'CANCELED', fleetConfig: expect.any(String) })
})

test('a core gets the group\'s deployment as a nucleus asks for it, and its answer is told', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  const { deploymentId, iotJobId = '', iotJobArn } = await deploy(bench, { deploymentName: 'release 1' })
  const device = await core.connect()
  const next = '$aws/things/pi1/jobs/$next/namespace-aws-gg-deployment/get'
  await device.subscribeAsync(`${next}/accepted`, { qos: 1 })
  await device.publishAsync(next, JSON.stringify({ thingName: 'pi1', jobId: '$next', includeJobDocument: true }), { qos: 1 })
  expect(JSON.parse((await inbox(device).next()).text)).toMatchObject({ execution: { jobId: iotJobId, status: 'QUEUED', jobDocument: { deploymentId, components: { 'fleetwright.led': { version: '1.0.0' } } } } })
  const effective = async () => (await bench.client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'pi1' }))).effectiveDeployments
  expect(await effective()).toMatchObject([{ deploymentId, deploymentName: 'release 1', iotJobId, iotJobArn, targetArn: groupArn(), coreDeviceExecutionStatus: 'QUEUED' }])
  await core.updateJob(iotJobId, { status: 'IN_PROGRESS' })
  expect(await effective()).toMatchObject([{ coreDeviceExecutionStatus: 'IN_PROGRESS' }])
  const statusDetails = {
    'detailed-deployment-status': 'FAILED_NO_STATE_CHANGE',
    'deployment-failure-cause': 'no such version',
    'deployment-error-stack': '["DEPLOYMENT_FAILURE","NO_AVAILABLE_COMPONENT_VERSION"]',
    'deployment-error-types': '["REQUEST_ERR', // cut at 1,024 characters
  }
  await core.updateJob(iotJobId, { status: 'FAILED', statusDetails })
  expect(await effective()).toMatchObject([
    { coreDeviceExecutionStatus: 'FAILED', reason: 'FAILED_NO_STATE_CHANGE: no such version', statusDetails: { errorStack: ['DEPLOYMENT_FAILURE', 'NO_AVAILABLE_COMPONENT_VERSION'], errorTypes: ['["REQUEST_ERR'] } },
  ])
  const again = await deploy(bench)
  await core.updateJob(again.iotJobId ?? '', { status: 'SUCCEEDED', statusDetails: { 'detailed-deployment-status': 'SUCCESSFUL' } })
  expect(await effective()).toMatchObject([{ deploymentId: again.deploymentId, coreDeviceExecutionStatus: 'SUCCEEDED', reason: 'SUCCESSFUL' }])
  expect(await deploymentOf(bench, again.deploymentId)).toMatchObject({ deploymentStatus: 'ACTIVE' }) // continuous: others may join
  await expect(bench.client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'unknown' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('a device that joins the group later gets what is deployed to it', async () => {
  const bench = await greengrassBench()
  const { deploymentId } = await deploy(bench)
  await bench.core('pi2')
  const { effectiveDeployments } = await bench.client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'pi2' }))
  expect(effectiveDeployments).toMatchObject([{ deploymentId, coreDeviceExecutionStatus: 'QUEUED' }])
})

test('deployments are there after a restart', async () => {
  const file = stateFile()
  const before = await greengrassBench({ file })
  const { deploymentId } = await deploy(before)
  await before.cloud.close()
  const after = await greengrassBench({ file })
  expect(await deploymentOf(after, deploymentId)).toMatchObject({ deploymentStatus: 'ACTIVE', isLatestForTarget: true, components })
})
