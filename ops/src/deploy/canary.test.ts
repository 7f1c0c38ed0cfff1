// ops/src/deploy/canary.test.ts: how large a first wave is, and of which release.
import { expect, test } from 'vitest'
import { awsTarget } from '../target/target.ts'
import { canary } from './canary-argument.ts'
import { firstWave, refuseIfPinned, wavesOf } from './canary.ts'

test.each<[string, number, number]>([
  ['5%', 1000, 50],
  ['5%', 30, 2],
  ['5%', 3, 1],
  ['5%', 0, 1],
  ['0.1%', 500, 1],
  ['100%', 5000, 1000], // AWS tells no more in a minute
  ['20', 3, 20],
])('--canary %s of %d devices is a first wave of %d', (text, members, expected) => {
  expect(firstWave(canary(text), members)).toBe(expected)
})

test.each(['', '0', '0%', '101%', '1.5', '1001', '-5%', 'five', '5 %'])('--canary «%s» is wrong use', (text) => {
  expect(() => canary(text)).toThrow('such as 5%')
})

test('a release that is deployed already keeps the waves that it has, whatever is asked for; nobody is counted for it', async () => {
  const target = awsTarget('dev') // there is no cloud: to count would fail
  const waves = (release: string | undefined, outputs: Readonly<Record<string, unknown>> | undefined, wanted?: string) => wavesOf(release, { outputs, wanted: wanted === undefined ? undefined : canary(wanted), target })
  expect(await waves('a', { release: 'a', canary: 7 }, '50%')).toBe(7)
  expect(await waves('a', { release: 'a', canary: 7 })).toBe(7)
  expect(await waves('a', { release: 'a', canary: 0 }, '50%')).toBeUndefined()
  expect(await waves('b', { release: 'a', canary: 7 })).toBeUndefined()
  expect(await waves('b', { release: 'a', canary: 7 }, '3')).toBe(3)
  expect(await waves('b', undefined, '3')).toBe(3)
  expect(await waves(undefined, undefined, '5%')).toBeUndefined()
})

test('a stage that pins a release takes no canary', () => {
  const { stage, ...rest } = awsTarget('dev')
  const pinned = { ...rest, stage: { ...stage, releaseManifest: 'release.json' } }
  expect(() => refuseIfPinned(pinned, canary('5%'))).toThrow('Pulumi.dev.yaml pins a release')
  expect(() => refuseIfPinned(pinned, undefined)).not.toThrow()
})
