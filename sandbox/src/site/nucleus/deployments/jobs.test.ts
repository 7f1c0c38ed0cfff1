// sandbox/src/site/nucleus/deployments/jobs.test.ts: deployments to the thing group of a core, through the jobs of the sandbox's cloud.
import { readFile } from 'node:fs/promises'
import { ListInstalledComponentsCommand } from '@aws-sdk/client-greengrassv2'
import { CreateJobCommand } from '@aws-sdk/client-iot'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { testFleet, type TestCore, type TestDeployment, type TestFleet } from '../testing-fleet.ts'
import { eventually } from '../testing.ts'

const runs = (script: string, more: JsonObject = {}): JsonObject => ({ Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: script } }], ...more })
const SUCCEEDED = { status: 'SUCCEEDED', details: { 'detailed-deployment-status': 'SUCCESSFUL' } }

async function done(core: TestCore, deployment: TestDeployment) {
  await eventually(async () => (await core.execution(deployment)).status).not.toMatch(/QUEUED|IN_PROGRESS/)
  return core.execution(deployment)
}
const reasons = ({ details }: Awaited<ReturnType<TestCore['execution']>>) => ({
  status: details['detailed-deployment-status'],
  stack: JSON.parse(details['deployment-error-stack'] ?? '[]') as string[],
  types: JSON.parse(details['deployment-error-types'] ?? '[]') as string[],
  cause: details['deployment-failure-cause'] ?? '',
})
async function installed({ greengrass }: TestFleet, { thingName }: TestCore): Promise<Record<string, string>> {
  const { installedComponents = [] } = await greengrass.send(new ListInstalledComponentsCommand({ coreDeviceThingName: thingName, topologyFilter: 'ALL' }))
  return Object.fromEntries(installedComponents.map(({ componentName = '', componentVersion = '', lifecycleState = '', isRoot }): [string, string] => [componentName, `${componentVersion} ${lifecycleState}${isRoot ? ' root' : ''}`]))
}

test('a component comes with what it depends on, in versions that suit all, and goes again', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs('sleep 100', { ComponentDependencies: { base: { VersionRequirement: '^1.0.0', DependencyType: 'HARD' } } }))
  await fleet.publish('base', '1.0.0', runs('sleep 100'))
  await fleet.publish('base', '1.2.0', runs('sleep 100'))
  await fleet.publish('base', '2.0.0', runs('sleep 100'))
  const core = await fleet.core()
  const nucleus = await core.start()
  expect(await done(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))).toEqual(SUCCEEDED)
  await eventually(() => installed(fleet, core)).toMatchObject({ app: '1.0.0 RUNNING root', base: '1.2.0 RUNNING' })
  expect(await done(core, await fleet.deploy({}))).toEqual(SUCCEEDED)
  expect([nucleus.state('app'), nucleus.state('base')]).toEqual([undefined, undefined])
  await eventually(() => installed(fleet, core)).not.toHaveProperty('app')
})

test('an update keeps the configuration, and merges and resets what it says', async () => {
  const fleet = await testFleet()
  const recipe = (version: string, DefaultConfiguration: JsonObject) => fleet.publish('app', version, runs("echo '{configuration:}' > seen; sleep 100", { ComponentConfiguration: { DefaultConfiguration } }))
  await recipe('1.0.0', { frequency: 2, colour: 'red', nested: { a: 1 } })
  await recipe('2.0.0', { frequency: 9, colour: 'green', nested: { a: 1, b: 2 }, added: true })
  const core = await fleet.core()
  await core.start()
  await done(core, await fleet.deploy({ app: { componentVersion: '1.0.0', configurationUpdate: { merge: '{"frequency":5,"colour":"blue"}' } } }))
  expect(await done(core, await fleet.deploy({ app: { componentVersion: '2.0.0', configurationUpdate: { merge: '{"list":[1,2]}', reset: ['/colour'] } } }))).toEqual(SUCCEEDED)
  await eventually(() => seen(core)).toEqual({ added: true, colour: 'green', frequency: 5, list: [1, 2], nested: { a: 1, b: 2 } })
})

test('a component that breaks takes the core back to what it ran before', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs('sleep 100'))
  await fleet.publish('app', '2.0.0', { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { startup: 'exit 3' } }] })
  await fleet.publish('other', '1.0.0', runs('sleep 100'))
  const core = await fleet.core()
  const nucleus = await core.start()
  await done(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))
  const failed = await done(core, await fleet.deploy({ app: { componentVersion: '2.0.0' }, other: { componentVersion: '1.0.0' } }))
  expect(failed.status).toBe('FAILED')
  expect(reasons(failed)).toEqual({
    status: 'FAILED_ROLLBACK_COMPLETE',
    stack: ['DEPLOYMENT_FAILURE', 'COMPONENT_UPDATE_ERROR', 'COMPONENT_BROKEN'],
    types: ['USER_COMPONENT_ERROR'],
    cause: 'Service app in broken state after deployment',
  })
  expect([nucleus.state('app'), nucleus.state('other')]).toEqual(['RUNNING', undefined])
  await eventually(() => installed(fleet, core)).toMatchObject({ app: '1.0.0 RUNNING root' })
})

test('without rollback what has broken stays, until the next deployment mends it', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { startup: 'exit 3' } }] })
  await fleet.publish('app', '1.0.1', runs('sleep 100'))
  const core = await fleet.core()
  const nucleus = await core.start()
  const failed = await done(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }, { deploymentPolicies: { failureHandlingPolicy: 'DO_NOTHING' } }))
  expect(reasons(failed).status).toBe('FAILED_ROLLBACK_NOT_REQUESTED')
  expect(nucleus.state('app')).toBe('BROKEN')
  await eventually(() => core.status()).toEqual({ status: 'UNHEALTHY' })
  expect(await done(core, await fleet.deploy({ app: { componentVersion: '1.0.1' } }))).toEqual(SUCCEEDED)
  await eventually(() => core.status()).toEqual({ status: 'HEALTHY' })
})

test('a component that is nowhere changes nothing, and says what was required', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs('sleep 100', { ComponentDependencies: { missing: { VersionRequirement: '>=2.0.0 <3.0.0' } } }))
  const core = await fleet.core()
  await core.start()
  const failed = await done(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))
  expect(reasons(failed)).toEqual({
    status: 'FAILED_NO_STATE_CHANGE',
    stack: ['DEPLOYMENT_FAILURE', 'NO_AVAILABLE_COMPONENT_VERSION', 'COMPONENT_VERSION_REQUIREMENTS_NOT_MET'],
    types: ['REQUEST_ERROR'],
    cause: expect.stringMatching(/^No local or cloud component version satisfies the requirements Check whether .* Component missing version constraints: app requires >=2\.0\.0 <3\.0\.0\.$/),
  })
})

test('while the network is cut a deployment waits, and its end is told later', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs('sleep 100'))
  const core = await fleet.core()
  const nucleus = await core.start()
  await eventually(() => nucleus.isConnected).toBe(true)
  core.cable.cut()
  const deployment = await fleet.deploy({ app: { componentVersion: '1.0.0' } })
  core.cable.restore()
  expect(await done(core, deployment)).toEqual(SUCCEEDED)
})

test('one that is older than the last to the same group is rejected', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs('sleep 100'))
  const core = await fleet.core()
  await core.start()
  await done(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))
  const configurationArn = 'arn:aws:greengrass:eu-central-1:000000000000:configuration:thinggroup/fleet:0'
  const document = JSON.stringify({ deploymentId: 'old', configurationArn, creationTimestamp: 1000, components: {} })
  await fleet.iot.send(new CreateJobCommand({ jobId: 'stale', targets: ['arn:aws:iot:eu-central-1:000000000000:thing/core-1'], document, namespaceId: 'aws-gg-deployment' }))
  const rejected = await done(core, { deploymentId: 'old', jobId: 'stale' })
  expect(rejected.status).toBe('REJECTED')
  expect(reasons(rejected)).toEqual({
    status: 'REJECTED',
    stack: ['DEPLOYMENT_REJECTED', 'REJECTED_STALE_DEPLOYMENT'],
    types: [],
    cause: `Nucleus has a newer deployment for 'thinggroup/fleet' target deployed by '${configurationArn.replace(/0$/, '1')}'. Rejecting the deployment from '${configurationArn}'`,
  })
})

test.each<[string, object, object]>([
  ['a document without versions', {}, { status: undefined, stack: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_DOCUMENT_NOT_VALID'] }],
  ['a capability that no nucleus has', { requiredCapabilities: ['TELEPORTATION'] }, { status: 'FAILED_NO_STATE_CHANGE', stack: ['DEPLOYMENT_FAILURE', 'NUCLEUS_MISSING_REQUIRED_CAPABILITIES'] }],
  ['a version that is none', { components: { app: { version: 'x.y' } } }, { status: 'FAILED_NO_STATE_CHANGE', stack: ['DEPLOYMENT_FAILURE', 'COMPONENT_VERSION_NOT_VALID'] }],
])('%s fails', async (_case, document, expected) => {
  const fleet = await testFleet()
  const core = await fleet.core()
  await core.start()
  const complete = 'requiredCapabilities' in document || 'components' in document ? { deploymentId: 'd', configurationArn: 'arn:aws:greengrass:eu-central-1:000000000000:configuration:thinggroup/fleet:1', creationTimestamp: Date.now(), components: {}, ...document } : { components: { app: {} } }
  await fleet.iot.send(new CreateJobCommand({ jobId: 'crafted', targets: ['arn:aws:iot:eu-central-1:000000000000:thing/core-1'], document: JSON.stringify(complete), namespaceId: 'aws-gg-deployment' }))
  const failed = await done(core, { deploymentId: 'd', jobId: 'crafted' })
  expect(reasons(failed)).toMatchObject(expected)
})

async function seen(core: TestCore): Promise<unknown> {
  return JSON.parse(await readFile(`${core.root}/work/app/seen`, 'utf8').catch(() => 'null'))
}
