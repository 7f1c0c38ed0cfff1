// console/src/pages/device/history-points.test.ts: charts of what was reported say neither more nor less than that.
import { expect, test } from 'vitest'
import { later, pointsOf } from './history-points.ts'

const SPAN = { from: 1000, to: 2000, holdsMs: 300 }

test('a value holds until the next', () => {
  expect(pointsOf([{ at: 1100, value: 1 }, { at: 1300, value: 2 }, { at: 1800, value: 3 }], { ...SPAN, holdsMs: Infinity })).toEqual([{ at: 1100, value: 1 }, { at: 1300, value: 2 }, { at: 1800, value: 3 }, { at: 2000, value: 3 }])
})

test('what was said before still holds when the span begins', () => {
  expect(pointsOf([{ at: 100, value: 8 }, { at: 900, value: 1 }, { at: 1100, value: 2 }], SPAN)).toEqual([{ at: 1000, value: 1 }, { at: 1100, value: 2 }, { at: 1400, value: 2 }, { at: 1401, value: null }])
})

test('a device that says nothing for long leaves a gap, and no line across it', () => {
  expect(pointsOf([{ at: 1000, value: 1 }, { at: 1900, value: 2 }], SPAN)).toEqual([{ at: 1000, value: 1 }, { at: 1300, value: 1 }, { at: 1301, value: null }, { at: 1900, value: 2 }, { at: 2000, value: 2 }])
})

test('there is nothing to show of what is long over, or of a clock that is ahead', () => {
  expect(pointsOf([{ at: 100, value: 1 }, { at: 2100, value: 2 }], SPAN)).toEqual([])
})

test('what is heard live comes after what is stored, once, and never back in time', () => {
  const live = [{ at: 1500, value: 1, sequence: 4 }, { at: 1600, value: 2, sequence: 5 }, { at: 1650, value: 3, sequence: undefined }, { at: 1800, value: 4, sequence: undefined }]
  expect(later(live, { at: 1700, sequence: 4 })).toEqual([{ at: 1700, value: 2, sequence: 5 }, { at: 1800, value: 4, sequence: undefined }])
  expect(later(live, undefined)).toEqual(live)
})
