// e2e/08-broken-release.test.ts: a release that cannot work: the devices try three times, go back by themselves, and led and button never stop; the rollout stops; the next one goes through.
import { GetDeploymentCommand } from '@aws-sdk/client-greengrassv2'
import { DescribeJobCommand } from '@aws-sdk/client-iot'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { readHistory, storeOf } from '@fleet/ops/deploy/history'
import { rollBack } from '@fleet/ops/deploy/rollback'
import { watchRollout } from '@fleet/ops/deploy/watch'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { plainOciBuilder } from '@fleet/ops/release/plain-oci'
import type { Target } from '@fleet/ops/target/target'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CORRUPT, corruptRelease, nextGoodRelease, type Fault } from '@fleet/sandbox/faults/corrupt-releases'
import { blinking, running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [ONE, OTHER] = [serial(1), serial(2)]

let sandbox: RunningSandbox
/** One device a minute, and the first that fails stops the rollout: small fleets have no share to speak of. */
let careful: Target
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [ONE, OTHER], pis: 2 })
  const { target } = sandbox
  careful = { ...target, config: { ...target.config, 'fleetwright:rolloutDevicesPerMinute': '1', 'fleetwright:rolloutAbortAfterDevices': '1' } }
  for (const each of [ONE, OTHER]) await sandbox.until(each, 'running and blinking', (pi) => running(pi) && blinking(pi))
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const rolledOut = async (target: Target) => {
  const { deploymentId = '' } = await deploy(target, { engine: chosenEngine(target, {}) })
  return await watchRollout(target, { deploymentId, waitMs: 240_000, signal: new AbortController().signal, onLook() {} })
}
const componentsOf = (serial: typeof ONE) => sandbox.site.pi(serial)?.stand.components ?? []
const versionOf = (serial: typeof ONE, name: string) => componentsOf(serial).find((component) => component.name === name)

/** Watches led and button of both devices: how often one of them was anything but RUNNING, or the light did not blink. */
function watchedLights() {
  const faults: string[] = []
  const stop = sandbox.site.watch(({ serial, stand }) => {
    for (const name of ['fleetwright.led', 'fleetwright.button']) {
      const state = stand.components.find((component) => component.name === name)?.state
      if (state !== 'RUNNING') faults.push(`${serial} ${name} ${String(state)}`)
    }
    if (stand.light.light !== 'blinking') faults.push(`${serial} light ${stand.light.light}`)
  })
  return { faults, [Symbol.dispose]: stop }
}

test.each<[Fault, RegExp]>([
  ['crashes-at-start', /FAILED_ROLLBACK_COMPLETE.*cert-rotator/],
  ['wrong-architecture', /FAILED_ROLLBACK_COMPLETE.*cert-rotator/],
  ['never-healthy', /FAILED_ROLLBACK_COMPLETE.*cert-rotator/],
])('%s: one device tries it and goes back, the other is never told; led and button blink on', async (fault, why) => {
  const before = [ONE, OTHER].map((each) => versionOf(each, CORRUPT)?.version)
  expect(before[0]).toBeDefined()
  using lights = watchedLights()
  await publishRelease(careful, corruptRelease(fault))
  const { verdict, rollout, failures, deploymentId } = await rolledOut(careful)
  expect([verdict, rollout.failed.length, rollout.succeeded]).toEqual(['stopped', 1, 0])
  expect(failures).toEqual([{ serial: rollout.failed[0], why: expect.stringMatching(why) }])
  const { iotJobId } = await sandbox.greengrass.send(new GetDeploymentCommand({ deploymentId }))
  expect((await sandbox.iot.send(new DescribeJobCommand({ jobId: iotJobId }))).job?.status).toBe('CANCELED')
  for (const each of [ONE, OTHER]) await sandbox.until(each, 'as it was', ({ stand }) => stand.components.some(({ name, version, state }) => name === CORRUPT && state === 'RUNNING' && before.includes(version)))
  expect([ONE, OTHER].map((each) => versionOf(each, CORRUPT)?.version)).toEqual(before)
  expect(lights.faults).toEqual([])
})

test('the next good release goes through, and the history tells of all of them', async () => {
  await publishRelease(sandbox.target, { builder: async () => plainOciBuilder, sources: nextGoodRelease })
  expect(await rolledOut(sandbox.target)).toMatchObject({ verdict: 'healthy', rollout: { succeeded: 2 }, failures: [] })
  const [good] = (await nextGoodRelease()).filter(({ name }) => name === CORRUPT)
  for (const each of [ONE, OTHER]) expect(versionOf(each, CORRUPT)).toMatchObject({ version: good?.version, state: 'RUNNING' })
  expect(await readHistory(storeOf(sandbox.target))).toHaveLength(5)
})

test('rolled back to a certain release, the devices run that one', async () => {
  const history = await readHistory(storeOf(sandbox.target))
  const first = history.at(-1)?.release
  expect(await rollBack(sandbox.target, first)).toEqual({ from: history[0]?.release, to: first })
  expect(await rolledOut(sandbox.target)).toMatchObject({ verdict: 'healthy', rollout: { succeeded: 2 } })
  await expect(rollBack(sandbox.target, 'no-such-release')).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' })
})
