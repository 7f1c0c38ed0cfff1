// sandbox/src/cloud/constraint.test.ts: constraints in AWS's words.
import { expect, test } from 'vitest'
import { atLeast, atMost, matching, notLongerThan, notShorterThan, oneOf, violations } from './constraint.ts'

test('what holds, or was not given, is no violation', () => {
  expect(violations(['memorySize', 128, atLeast(128), atMost(10_240)], ['handler', undefined, notLongerThan(3)], ['tags', { a: '1' }, notShorterThan(1)])).toBeUndefined()
})

test('each violation is named with its value', () => {
  expect(violations(['memorySize', 127, atLeast(128)], ['mode', 'x', oneOf('A', 'B')])).toBe(
    "2 validation errors detected: Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128; Value 'x' at 'mode' failed to satisfy constraint: Member must satisfy enum value set: [A, B]",
  )
})

test('a pattern is told without its anchors', () => {
  expect(violations(['name', 'a b', matching(/^[a-z]+$/)])).toContain('pattern: [a-z]+')
})
