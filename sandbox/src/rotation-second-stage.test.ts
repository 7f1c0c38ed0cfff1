// sandbox/src/rotation-second-stage.test.ts: two stages in one account, which has one configuration of its audits: the certificates of both rotate.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { rotationStage, type RotationStage } from './rotation.testing.ts'
import { provision } from './site/light/light-pi.ts'

const [FIRST, SECOND] = ['1000000000000041', '1000000000000042']
const TOO_OLD_MS = 181 * 86_400_000

let stage: RotationStage
beforeAll(async () => {
  stage = await rotationStage([FIRST])
}, 120_000)
afterAll(() => stage[Symbol.asyncDispose]())

test('an audit of the first stage begins the rotations of the second one; each asks its own devices alone', async () => {
  const light = await stage.deployed('qa', [SECOND], { 'fleetwright:managesAccountSettings': 'false', 'fleetwright:accountSettingsOf': 'dev' })
  await provision(SECOND, light)
  stage.cloud.clock.advance(TOO_OLD_MS)
  const asked = async (name: string) => (await stage.logged('start', 'rotation asked', name)).map(({ thing }) => thing)
  await vi.waitFor(async () => expect(await stage.logged('start', 'rotations started', 'dev')).toHaveLength(1), { interval: 500 })
  await vi.waitFor(async () => expect(await stage.logged('start', 'rotations started', 'qa')).toHaveLength(1), { interval: 500 })
  expect(await asked('dev')).toEqual([FIRST])
  expect(await asked('qa')).toEqual([SECOND])
})
