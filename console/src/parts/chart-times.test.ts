// console/src/parts/chart-times.test.ts: a chart of few points shows a time as short as they are.
import { expect, test } from 'vitest'
import { timesOf, timesShown } from './chart-times.ts'

const NOW_S = 1_700_000_000

test.each([
  ['a single point ends a minute', undefined, [NOW_S], [NOW_S - 60, NOW_S]],
  ['without a point it is the last minute', undefined, [], [NOW_S - 60, NOW_S]],
  ['of several, from the first to the last', undefined, [NOW_S - 900, NOW_S - 400, NOW_S], [NOW_S - 900, NOW_S]],
  ['a range that is given holds, whatever the points', { from: (NOW_S - 3600) * 1000, to: NOW_S * 1000 }, [NOW_S], [NOW_S - 3600, NOW_S]],
] as const)('%s', (_case, range, points, shown) => {
  expect(timesShown(range, points, NOW_S * 1000)).toEqual(shown)
})

test('seconds are written where minutes would repeat', () => {
  expect(timesOf([NOW_S, NOW_S + 30]).every((time) => /^\d\d:\d\d:\d\d$/.test(time))).toBe(true)
  expect(timesOf([NOW_S, NOW_S + 3600]).every((time) => /^\d\d:\d\d$/.test(time))).toBe(true)
})
