// sandbox/src/site/nucleus/deployments/shadow.test.ts: deployments to one core alone, through its shadow in the sandbox's cloud.
import { CancelDeploymentCommand, CreateDeploymentCommand, type CreateDeploymentCommandInput } from '@aws-sdk/client-greengrassv2'
import { GetThingShadowCommand, IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { speakFor, SPEAKING } from '../testing-ipc.ts'
import { testFleet, type TestFleet } from '../testing-fleet.ts'
import { eventually } from '../testing.ts'

const runs = (lifecycle: JsonObject = { run: 'sleep 100' }): JsonObject => ({ Manifests: [{ Platform: { os: 'linux' }, Lifecycle: lifecycle }] })

const deploy = async ({ greengrass }: TestFleet, components: CreateDeploymentCommandInput['components']) =>
  (await greengrass.send(new CreateDeploymentCommand({ targetArn: 'arn:aws:iot:eu-central-1:000000000000:thing/core-1', components }))).deploymentId ?? ''

async function reported({ settings }: TestFleet) {
  const { payload } = await new IoTDataPlaneClient(settings).send(new GetThingShadowCommand({ thingName: 'core-1', shadowName: 'AWSManagedGreengrassV2Deployment' }))
  const { state } = JSON.parse(Buffer.from(payload ?? []).toString('utf8')) as { state: { reported?: Record<string, unknown> } }
  return state.reported
}
const arn = (revision: number) => `arn:aws:greengrass:eu-central-1:000000000000:configuration:thing/core-1:${revision}`

test('it runs what the shadow wants, reports it, and reports no more than once', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs())
  const core = await fleet.core()
  const nucleus = await core.start()
  await deploy(fleet, { app: { componentVersion: '1.0.0' } })
  const success = { ggcVersion: '2.18.0', fleetConfigurationArnForStatus: arn(1), status: 'SUCCEEDED', statusDetails: { detailedStatus: 'SUCCESSFUL', failureCause: '', errorStack: [], errorTypes: [] } }
  await eventually(() => reported(fleet)).toEqual(success)
  expect(nucleus.state('app')).toBe('RUNNING')
  await nucleus.stop()
  const again = await core.start()
  await eventually(() => core.log('greengrass')).toContain('Ignoring shadow update at startup')
  await eventually(() => again.state('app')).toBe('RUNNING')
  expect(core.log('greengrass').match(/Started deployment execution/g)).toHaveLength(1)
})

test('what was wanted while it was off comes when it is on', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs())
  const core = await fleet.core()
  await deploy(fleet, { app: { componentVersion: '1.0.0' } })
  const nucleus = await core.start()
  await eventually(() => nucleus.state('app')).toBe('RUNNING')
})

test('a failure is reported with its reasons', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs({ startup: 'exit 1' }))
  const core = await fleet.core()
  await core.start()
  await deploy(fleet, { app: { componentVersion: '1.0.0' } })
  await eventually(() => reported(fleet)).toMatchObject({
    status: 'FAILED',
    statusDetails: { detailedStatus: 'FAILED_ROLLBACK_COMPLETE', failureCause: 'Service app in broken state after deployment', errorStack: ['DEPLOYMENT_FAILURE', 'COMPONENT_UPDATE_ERROR', 'COMPONENT_BROKEN'], errorTypes: ['USER_COMPONENT_ERROR'] },
  })
})

test('a cancelled one stops waiting for its components, and the next one takes its place', async () => {
  const fleet = await testFleet()
  await fleet.publish('asks', '1.0.0', runs(SPEAKING))
  await fleet.publish('app', '1.0.0', runs())
  const core = await fleet.core()
  const nucleus = await core.start()
  await deploy(fleet, { asks: { componentVersion: '1.0.0' } })
  const client = await speakFor('asks', core.root)
  await client.subscribeToComponentUpdates({}).activate() // and never answers, so that the deployment waits a minute
  await eventually(() => reported(fleet)).toMatchObject({ status: 'SUCCEEDED' })
  const waiting = await deploy(fleet, { asks: { componentVersion: '1.0.0' }, app: { componentVersion: '1.0.0' } })
  await eventually(() => reported(fleet)).toMatchObject({ status: 'IN_PROGRESS', fleetConfigurationArnForStatus: arn(2) })
  await fleet.greengrass.send(new CancelDeploymentCommand({ deploymentId: waiting }))
  await eventually(() => reported(fleet)).toMatchObject({ status: 'CANCELED', fleetConfigurationArnForStatus: arn(2) })
  expect(nucleus.state('app')).toBeUndefined()
  const next = await deploy(fleet, { asks: { componentVersion: '1.0.0' } })
  await eventually(() => reported(fleet)).toMatchObject({ status: 'IN_PROGRESS', fleetConfigurationArnForStatus: arn(3) })
  expect(next).not.toBe('')
})

test('components of the group and of the thing live beside one another', async () => {
  const fleet = await testFleet()
  await fleet.publish('own', '1.0.0', runs())
  await fleet.publish('common', '1.0.0', runs())
  const core = await fleet.core()
  const nucleus = await core.start()
  const group = await fleet.deploy({ common: { componentVersion: '1.0.0' } })
  await eventually(() => core.execution(group)).toMatchObject({ status: 'SUCCEEDED' })
  await deploy(fleet, { own: { componentVersion: '1.0.0' } })
  await eventually(() => reported(fleet)).toMatchObject({ status: 'SUCCEEDED' })
  expect([nucleus.state('own'), nucleus.state('common')]).toEqual(['RUNNING', 'RUNNING'])
  await deploy(fleet, {})
  await eventually(() => nucleus.state('own')).toBeUndefined()
  expect(nucleus.state('common')).toBe('RUNNING')
})
