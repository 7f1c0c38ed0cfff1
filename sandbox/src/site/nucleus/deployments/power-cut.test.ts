// sandbox/src/site/nucleus/deployments/power-cut.test.ts: the power goes at any moment of a deployment: the core comes up again with one whole version, and ends what it began.
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { testFleet } from '../testing-fleet.ts'
import { eventually, temporaryFolder } from '../testing.ts'

const runs = (lifecycle: JsonObject): JsonObject => ({ Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'echo "{artifacts:path}" > version; sleep 100', ...lifecycle } }] })

test.each<[string, JsonObject]>([
  ['an update', { install: 'sleep 0.2' }],
  ['an update with a bootstrap step', { bootstrap: 'sleep 0.2' }],
])('%s, cut off again and again', async (_case, lifecycle) => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', runs({}))
  await fleet.publish('app', '2.0.0', runs(lifecycle))
  const core = await fleet.core()
  let nucleus = await core.start()
  const first = await fleet.deploy({ app: { componentVersion: '1.0.0' } })
  await eventually(async () => (await core.execution(first)).status).toBe('SUCCEEDED')
  const deployment = await fleet.deploy({ app: { componentVersion: '2.0.0' } })
  for (let cuts = 0; cuts < 8 && (await core.execution(deployment)).status !== 'SUCCEEDED'; cuts++) {
    await after(30 + 30 * cuts) // the moment is what varies
    const card = join(temporaryFolder(), 'card')
    cpSync(core.root, card, { recursive: true, filter: (path) => !path.endsWith('.socket') }) // as it is at this moment; what is done in order afterwards is not on it
    await nucleus.stop()
    rmSync(core.root, { recursive: true })
    cpSync(card, core.root, { recursive: true })
    nucleus = await core.start()
  }
  for (let starts = 0; starts < 4 && (await core.execution(deployment)).status !== 'SUCCEEDED'; starts++) {
    await eventually(async () => nucleus.exitCode !== undefined || (await core.execution(deployment)).status === 'SUCCEEDED').toBe(true)
    if (nucleus.exitCode !== undefined) nucleus = await core.start() // as systemd does
  }
  expect(await core.execution(deployment)).toEqual({ status: 'SUCCEEDED', details: { 'detailed-deployment-status': 'SUCCESSFUL' } })
  if (nucleus.exitCode !== undefined) nucleus = await core.start()
  await eventually(() => nucleus.state('app')).toBe('RUNNING')
  await eventually(() => core.log('app')).toContain('2.0.0')
})
