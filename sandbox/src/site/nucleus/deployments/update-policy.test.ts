// sandbox/src/site/nucleus/deployments/update-policy.test.ts: components have a say before a deployment touches them, by AWS's own IPC client.
import { greengrasscoreipc } from 'aws-iot-device-sdk-v2'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { eventually } from '../testing.ts'
import { testFleet } from '../testing-fleet.ts'
import { refusal, speakFor, SPEAKING } from '../testing-ipc.ts'

const { ConfigurationValidityStatus } = greengrasscoreipc.model
type UpdateEvents = greengrasscoreipc.model.ComponentUpdatePolicyEvents
type JudgeEvents = greengrasscoreipc.model.ValidateConfigurationUpdateEvents

const asks: JsonObject = { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: SPEAKING }], ComponentConfiguration: { DefaultConfiguration: { n: 1 } } }
const RUNS: JsonObject = { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'sleep 100' } }] }

/** A core whose component `asks` runs, with its IPC client. */
async function asked() {
  const fleet = await testFleet()
  await fleet.publish('asks', '1.0.0', asks)
  await fleet.publish('app', '1.0.0', RUNS)
  const core = await fleet.core()
  const nucleus = await core.start()
  const first = await fleet.deploy({ asks: { componentVersion: '1.0.0' } })
  await eventually(() => core.execution(first)).toMatchObject({ status: 'SUCCEEDED' })
  const client = await speakFor('asks', core.root)
  const status = async (deployment: { deploymentId: string; jobId: string }) => (await core.execution(deployment)).status
  return { fleet, core, nucleus, client, status }
}
const both = { asks: { componentVersion: '1.0.0' }, app: { componentVersion: '1.0.0' } }

async function notices(client: greengrasscoreipc.Client, onPre: (deploymentId: string, count: number) => Promise<unknown>) {
  const heard: string[] = []
  const stream = client.subscribeToComponentUpdates({})
  stream.on('message', ({ preUpdateEvent: pre, postUpdateEvent: post }: UpdateEvents) => {
    heard.push(pre === undefined ? `after ${post?.deploymentId ?? ''}` : `before ${pre.deploymentId} ${String(pre.isGgcRestarting)}`)
    if (pre !== undefined) void onPre(pre.deploymentId, heard.length)
  })
  await stream.activate()
  return heard
}

test('a component that has nothing against it lets the deployment go on at once, and hears of its end', async () => {
  const { fleet, client, status } = await asked()
  const heard = await notices(client, (deploymentId) => client.deferComponentUpdate({ deploymentId, recheckAfterMs: 0 }))
  const deployment = await fleet.deploy(both)
  await eventually(() => status(deployment)).toBe('SUCCEEDED')
  expect(heard).toEqual([`before ${deployment.deploymentId} false`, `after ${deployment.deploymentId}`])
})

test('a component that defers is asked again', async () => {
  const { fleet, client, nucleus, status } = await asked()
  const heard = await notices(client, (deploymentId, count) => client.deferComponentUpdate({ deploymentId, recheckAfterMs: count < 3 ? 50 : 0, message: 'busy' }))
  const deployment = await fleet.deploy(both)
  await eventually(() => status(deployment)).toBe('SUCCEEDED')
  expect(heard).toEqual([...Array.from({ length: 3 }, () => `before ${deployment.deploymentId} false`), `after ${deployment.deploymentId}`])
  expect(nucleus.state('app')).toBe('RUNNING')
})

test('one that does not answer holds the deployment up until the timeout, and answers too late', async () => {
  const { fleet, client, status } = await asked()
  const heard = await notices(client, () => Promise.resolve())
  const from = performance.now()
  const deployment = await fleet.deploy(both, { deploymentPolicies: { componentUpdatePolicy: { action: 'NOTIFY_COMPONENTS', timeoutInSeconds: 1 } } })
  await eventually(() => status(deployment)).toBe('SUCCEEDED')
  expect(performance.now() - from).toBeGreaterThan(1000)
  expect(heard).toHaveLength(2)
  expect(await refusal(client.deferComponentUpdate({ deploymentId: deployment.deploymentId, recheckAfterMs: 0 }))).toBe('ServiceError: Time limit to respond to PreComponentUpdateEvent exceeded')
})

test('a policy of not notifying asks nobody', async () => {
  const { fleet, client, status } = await asked()
  const heard = await notices(client, () => Promise.resolve())
  const deployment = await fleet.deploy(both, { deploymentPolicies: { componentUpdatePolicy: { action: 'SKIP_NOTIFY_COMPONENTS' } } })
  await eventually(() => status(deployment)).toBe('SUCCEEDED')
  expect(heard).toEqual([])
})

test.each<['ACCEPTED' | 'REJECTED', string]>([
  ['ACCEPTED', 'SUCCEEDED'],
  ['REJECTED', 'FAILED'],
])('a component judges its next configuration: %s', async (verdict, outcome) => {
  const { fleet, core, client, status } = await asked()
  const judged: unknown[] = []
  const stream = client.subscribeToValidateConfigurationUpdates({})
  stream.on('message', ({ validateConfigurationUpdateEvent: event }: JudgeEvents) => {
    judged.push(event?.configuration)
    void client.sendConfigurationValidityReport({ configurationValidityReport: { deploymentId: event?.deploymentId ?? '', status: ConfigurationValidityStatus[verdict], message: 'too fast' } })
  })
  await stream.activate()
  const deployment = await fleet.deploy({ asks: { componentVersion: '1.0.0', configurationUpdate: { merge: '{"n":7}' } } })
  await eventually(() => status(deployment)).toBe(outcome)
  expect(judged).toEqual([{ n: 7 }])
  expect((await client.getConfiguration({ keyPath: ['n'] })).value).toEqual({ n: verdict === 'ACCEPTED' ? 7 : 1 })
  if (verdict === 'REJECTED') {
    expect((await core.execution(deployment)).details).toMatchObject({
      'detailed-deployment-status': 'FAILED_NO_STATE_CHANGE',
      'deployment-error-stack': '["DEPLOYMENT_FAILURE","COMPONENT_CONFIGURATION_NOT_VALID"]',
      'deployment-failure-cause': 'Components reported that their to-be-deployed configuration is invalid { name = asks, message = too fast }',
    })
  }
})

test('a new configuration alone leaves the component running', async () => {
  const { fleet, core, client, status } = await asked()
  const deployment = await fleet.deploy({ asks: { componentVersion: '1.0.0', configurationUpdate: { merge: '{"n":2}' } } })
  await eventually(() => status(deployment)).toBe('SUCCEEDED')
  expect((await client.getConfiguration({ keyPath: ['n'] })).value).toEqual({ n: 2 })
  expect(core.log('greengrass').match(/serviceName=asks, currentState=\w+, newState=RUNNING/g)).toHaveLength(1)
})
