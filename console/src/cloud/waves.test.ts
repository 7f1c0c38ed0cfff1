// console/src/cloud/waves.test.ts: in which wave each device is told, and how it fares.
import { expect, test } from 'vitest'
import { wavesOf, type Told } from './waves.ts'

const members = (count: number) => Array.from({ length: count }, (_, index) => `d${String(index).padStart(3, '0')}`)
const sizes = (waves: ReturnType<typeof wavesOf>) => waves.map(({ devices }) => devices.length)
const none = { told: [], unhealthy: new Set<string>() }

test.each([
  ['so many a minute', { maximumPerMinute: 4 }, [4, 4, 2]],
  ['doubling, up to the most', { maximumPerMinute: 5, exponentialRate: { baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria: { numberOfSucceededThings: 1 } } }, [1, 2, 4, 3]],
  ['without a rate', undefined, [10]],
])('%s', (_case, rate, expected) => expect(sizes(wavesOf(rate, { members: members(10), ...none }))).toEqual(expected))

test('who was told first is in the first wave; the others wait in the order of their names', () => {
  const told: Told[] = [
    { serial: 'd007', status: 'SUCCEEDED', at: 1 },
    { serial: 'd003', status: 'FAILED', at: 2 },
    { serial: 'd001', status: 'IN_PROGRESS', at: 3 },
    { serial: 'd004', status: 'SUCCEEDED', at: 1 },
  ]
  const waves = wavesOf({ maximumPerMinute: 3 }, { members: members(8), told, unhealthy: new Set(['d004']) })
  expect(waves.map(({ devices }) => devices.map(({ serial, fate }) => `${serial} ${fate}`))).toEqual([
    ['d004 unhealthy', 'd007 has it', 'd003 failed'],
    ['d001 working', 'd000 untold', 'd002 untold'],
    ['d005 untold', 'd006 untold'],
  ])
})
