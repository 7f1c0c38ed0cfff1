// sandbox/src/site/nucleus/deployments/bootstrap.test.ts: deployments with bootstrap steps: the nucleus ends, is started again, and goes on or goes back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { testFleet, type TestCore, type TestFleet } from '../testing-fleet.ts'
import { eventually } from '../testing.ts'

const app = (bootstrap: string | JsonObject): JsonObject => ({ Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { bootstrap, run: 'sleep 100' } }] })
const ran = (core: TestCore) => readFileSync(join(core.root, 'work/app/ran'), 'utf8').trim().split('\n')

/** A core that runs version 1, and gets version 2 with this bootstrap step. */
async function updated(fleet: TestFleet, bootstrap: string | JsonObject) {
  await fleet.publish('app', '1.0.0', { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'sleep 100' } }] })
  await fleet.publish('app', '2.0.0', app(bootstrap))
  const core = await fleet.core()
  const nucleus = await core.start()
  const first = await fleet.deploy({ app: { componentVersion: '1.0.0' } })
  await eventually(async () => (await core.execution(first)).status).toBe('SUCCEEDED')
  const deployment = await fleet.deploy({ app: { componentVersion: '2.0.0' } })
  await eventually(() => nucleus.exitCode).toBeDefined()
  return { core, nucleus, deployment }
}

test.each<[string, string, number]>([
  ['that ends well', 'echo once >> ran', 100],
  ['that asks for a restart', 'echo once >> ran; exit 100', 100],
  ['that asks for a reboot', 'echo once >> ran; exit 101', 101],
])('a step %s runs once; after the start of the nucleus the new version runs', async (_case, script, exitCode) => {
  const { core, nucleus, deployment } = await updated(await testFleet(), script)
  expect(nucleus.exitCode).toBe(exitCode)
  expect((await core.execution(deployment)).status).toBe('IN_PROGRESS')
  const again = await core.start()
  await eventually(() => core.execution(deployment)).toEqual({ status: 'SUCCEEDED', details: { 'detailed-deployment-status': 'SUCCESSFUL' } })
  expect([again.state('app'), ran(core), again.exitCode]).toEqual(['RUNNING', ['once'], undefined])
})

test.each<[string, string | JsonObject, string]>([
  ['fails', 'exit 7', 'COMPONENT_BOOTSTRAP_ERROR'],
  ['takes too long', { script: 'sleep 100', timeout: 1 }, 'COMPONENT_BOOTSTRAP_TIMEOUT'],
])('a step that %s takes the core back to the version before', async (_case, bootstrap, code) => {
  const { core, nucleus, deployment } = await updated(await testFleet(), bootstrap)
  expect(nucleus.exitCode).toBe(100)
  const again = await core.start()
  await eventually(async () => (await core.execution(deployment)).status).toBe('FAILED')
  const { details } = await core.execution(deployment)
  expect(details['detailed-deployment-status']).toBe('FAILED_ROLLBACK_COMPLETE')
  expect(details['deployment-error-stack']).toContain(code)
  await eventually(() => again.state('app')).toBe('RUNNING')
})

test('a version that breaks after its bootstrap step takes the core back too', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'sleep 100' } }] })
  await fleet.publish('app', '2.0.0', { Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { bootstrap: 'true', startup: 'exit 3' } }] })
  const core = await fleet.core()
  const first = await core.start()
  const before = await fleet.deploy({ app: { componentVersion: '1.0.0' } })
  await eventually(async () => (await core.execution(before)).status).toBe('SUCCEEDED')
  const deployment = await fleet.deploy({ app: { componentVersion: '2.0.0' } })
  await eventually(() => first.exitCode).toBe(100)
  const second = await core.start()
  await eventually(() => second.exitCode).toBe(100)
  const third = await core.start()
  await eventually(async () => (await core.execution(deployment)).details['detailed-deployment-status']).toBe('FAILED_ROLLBACK_COMPLETE')
  await eventually(() => third.state('app')).toBe('RUNNING')
})
