// console/src/parts/square-steps.test.ts: arrow keys in rows of squares.
import { expect, test } from 'vitest'
import { steppedTo } from './square-steps.ts'

test.each<[string, number | undefined, number | undefined]>([
  ['ArrowRight', 0, 1],
  ['ArrowRight', undefined, 1],
  ['ArrowRight', 24, 24],
  ['ArrowLeft', 0, 0],
  ['ArrowLeft', 7, 6],
  ['ArrowDown', 3, 13],
  ['ArrowDown', 22, 24],
  ['ArrowUp', 13, 3],
  ['ArrowUp', 3, 0],
  ['Home', 13, 0],
  ['End', 3, 24],
  ['Enter', 3, undefined],
  ['a', 3, undefined],
])('%s from %s leads to %s', (key, from, expected) => {
  expect(steppedTo(key, { from, columns: 10, of: 25 })).toBe(expected)
})

test('in an empty wave they lead nowhere', () => {
  expect(steppedTo('End', { from: undefined, columns: 10, of: 0 })).toBeUndefined()
})
