// sandbox/src/story/warnings.test.ts: warnings of a fault that repeats, and of many at once.
import { expect, test } from 'vitest'
import { warnings } from './warnings.ts'

test('the same warning is told once, and again when five minutes have passed', () => {
  const all = warnings()
  expect([0, 1000, 200_000, 300_000, 300_001].map((nowMs) => all.isTold('refused', nowMs))).toEqual([true, false, false, true, false])
})

test('of many different ones five a minute are told, the others are counted', () => {
  const all = warnings()
  const told = Array.from({ length: 40 }, (_, index) => all.isTold(`refused ${index}`, index))
  expect(told.filter(Boolean)).toHaveLength(5)
  expect(all.untold).toBe(35)
  expect(all.isTold('another', 60_000)).toBe(true)
})
