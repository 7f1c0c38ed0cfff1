// ops/src/allowlist/plan.test.ts: allowlist × registry → changes.
import { parseAllowlist } from '@fleet/contract/allowlist'
import { expect, test } from 'vitest'
import { guardLosses } from './limit.ts'
import { planAllowlist, type Action, type PlanOptions, type RegisteredDevice } from './plan.ts'

const now = new Date('2026-11-21T12:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
const plan = (text: string, fleet: RegisteredDevice[], options: Partial<PlanOptions> = {}) => planAllowlist(parseAllowlist(text), fleet, { now, ...options })

test.each<[string, string, RegisteredDevice[], Partial<PlanOptions>, [Action, string][]]>([
  ['a new line', 'aaaa', [], {}, [['admit', 'aaaa']]],
  ['no change', 'aaaa', [{ serial: 'aaaa' }], {}, []],
  ['a removed line', 'bbbb', [{ serial: 'aaaa' }, { serial: 'bbbb' }], {}, [['suspend', 'aaaa']]],
  ['still removed', 'bbbb', [{ serial: 'aaaa', suspendedAt: daysAgo(1) }], {}, [['admit', 'bbbb']]],
  ['put back', 'aaaa', [{ serial: 'aaaa', suspendedAt: daysAgo(1) }], {}, [['heal', 'aaaa']]],
  ['purged at once', 'bbbb', [{ serial: 'aaaa' }, { serial: 'bbbb' }], { purgeAfterDays: 0 }, [['purge', 'aaaa']]],
  ['not yet to be purged', 'bbbb', [{ serial: 'aaaa', suspendedAt: daysAgo(29) }, { serial: 'bbbb' }], { purgeAfterDays: 30 }, []],
  ['to be purged now', 'bbbb', [{ serial: 'aaaa', suspendedAt: daysAgo(30) }, { serial: 'bbbb' }], { purgeAfterDays: 30 }, [['purge', 'aaaa']]],
  ['unlisted today, purged later', 'bbbb', [{ serial: 'aaaa' }, { serial: 'bbbb' }], { purgeAfterDays: 30 }, [['suspend', 'aaaa']]],
  ['purged at once, though suspended by hand', 'bbbb', [{ serial: 'aaaa', suspendedAt: new Date(NaN) }, { serial: 'bbbb' }], { purgeAfterDays: 0 }, [['purge', 'aaaa']]],
  ['not purged by an age that nobody knows', 'bbbb', [{ serial: 'aaaa', suspendedAt: new Date(NaN) }, { serial: 'bbbb' }], { purgeAfterDays: 1 }, []],
  ['a purge that was begun is finished, also without being asked', 'aaaa\nbbbb', [{ serial: 'aaaa', purging: ['c1'] }, { serial: 'bbbb' }], {}, [['purge', 'aaaa']]],
  ['its stack was destroyed', 'aaaa', [{ serial: 'aaaa', strandedAt: daysAgo(1) }], {}, [['heal', 'aaaa']]],
  ['its stack was destroyed, and its line removed', 'bbbb', [{ serial: 'aaaa', strandedAt: daysAgo(1) }, { serial: 'bbbb' }], {}, [['suspend', 'aaaa']]],
  ['its stack was destroyed while it was suspended', 'bbbb', [{ serial: 'aaaa', strandedAt: daysAgo(1), suspendedAt: daysAgo(2) }, { serial: 'bbbb' }], {}, []],
  ['suspensions come first', 'cccc\nbbbb', [{ serial: 'dddd' }, { serial: 'bbbb', suspendedAt: daysAgo(2) }], {}, [['suspend', 'dddd'], ['heal', 'bbbb'], ['admit', 'cccc']]],
])('%s', (...[, text, fleet, options, expected]) => {
  expect(plan(text, fleet, options).changes.map(({ action, serial }) => [action, serial])).toEqual(expected)
})

test('a heal gives back what was lost, and nothing else', () => {
  const heals = (device: Omit<RegisteredDevice, 'serial'>) => plan('aaaa', [{ serial: 'aaaa', ...device }]).changes.map((change) => change.heals)
  expect(heals({ strandedAt: daysAgo(1) })).toEqual([['membership']])
  expect(heals({ suspendedAt: daysAgo(1) })).toEqual([['access']])
  expect(heals({ suspendedAt: daysAgo(1), strandedAt: daysAgo(1) })).toEqual([['access', 'membership']])
})

test('devices that wait for another stack count as losses: a short list must not suspend them unasked', () => {
  const fleet = many(20).map(({ serial }) => ({ serial, strandedAt: daysAgo(1) }))
  expect(() => guardLosses(plan(listOf(fleet.slice(10)), fleet), undefined)).toThrow('this list would suspend or purge 10 of 20')
})

test('what was suspended before is not lost again', () => {
  const fleet = many(20).map(({ serial }, index) => (index < 15 ? { serial, suspendedAt: daysAgo(40) } : { serial }))
  const purges = plan(listOf(fleet.slice(15)), fleet, { purgeAfterDays: 30 })
  expect(purges.changes).toHaveLength(15)
  expect(() => guardLosses(purges, undefined)).not.toThrow()
})

test('counts what stays', () => {
  expect(plan('aaaa\nbbbb', [{ serial: 'aaaa' }, { serial: 'bbbb' }, { serial: 'cccc' }])).toMatchObject({ unchanged: 2, active: 3 })
})

const many = (count: number): RegisteredDevice[] => Array.from({ length: count }, (_, index) => ({ serial: `dev-${index}` }))
const listOf = (devices: RegisteredDevice[]) => devices.map(({ serial }) => serial).join('\n')

test.each<[string, number, number, number | undefined, boolean]>([
  ['5 of 10 are few enough', 10, 5, undefined, true],
  ['6 of 10 are too many', 10, 6, undefined, false],
  ['10 of 100 are a tenth', 100, 10, undefined, true],
  ['11 of 100 are too many', 100, 11, undefined, false],
  ['11 of 100, confirmed', 100, 11, 11, true],
  ['11 of 100, another number confirmed', 100, 11, 12, false],
])('%s', (...[, size, removed, confirmed, allowed]) => {
  const fleet = many(size)
  const text = listOf(fleet.slice(removed))
  const check = () => guardLosses(plan(text, fleet), confirmed)
  if (allowed) expect(check).not.toThrow()
  else expect(check).toThrow(`this list would suspend or purge ${removed} of ${size}`)
})

test('an empty list is refused, whatever is confirmed', () => {
  expect(() => guardLosses(plan('# none\n', many(2)), 2)).toThrow('names no device')
})
