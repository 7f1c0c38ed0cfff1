// ops/src/stack/properties.test.ts: values as Pulumi sends them.
import { expect, test } from 'vitest'
import { isSame, revealed, SECRET, SIGNATURE, valuesAt, withoutNulls } from './properties.ts'

test('the order of keys does not count, that of elements does', () => {
  expect(isSame({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  expect(isSame([1, 2], [2, 1])).toBe(false)
  expect(isSame({ a: 1 }, { a: 1, b: 2 })).toBe(false)
  expect(isSame({}, [])).toBe(false)
  expect(isSame(undefined, undefined)).toBe(true)
})

test('what is null is absent, at any depth, but not in a list', () => {
  expect(withoutNulls({ a: null, b: { c: null, d: 1 }, e: [null, { f: null }] })).toEqual({ b: { d: 1 }, e: [null, {}] })
})

test('secrets are revealed where they stand', () => {
  expect(revealed({ a: { [SIGNATURE]: SECRET, value: { b: 1 } }, c: [{ [SIGNATURE]: SECRET, value: 's' }] })).toEqual({ a: { b: 1 }, c: ['s'] })
})

test.each([
  ['components.*', ['/components/led', '/components/button']],
  ['components.led.version', ['/components/led/version']],
  ['list[0].x', ['/list/0/x']],
  ['list[*].x', ['/list/0/x', '/list/1/x']],
  ['none.*', []],
])('%s finds %j', (path, places) => {
  const value = { components: { led: { version: 1 }, button: { version: 2 } }, list: [{ x: 1 }, { x: 2 }] }
  expect([...valuesAt(value, path).keys()]).toEqual(places)
})
