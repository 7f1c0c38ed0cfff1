// components/led/src/led.test.ts: what the LED does after presses and wishes, by tables.
import { expect, test } from 'vitest'
import { after, NEW_LED, type Happening, type Led } from './led.ts'

const at = '2026-11-21T07:00:00.000Z'
const pressed = (presses: number, on: boolean): Happening => ({ kind: 'pressed', press: { presses, on, at } })
const wished = (desired: Record<string, unknown>): Happening => ({ kind: 'wished', desired })
const made: Led = { state: NEW_LED, refused: null }

test.each<[string, Happening[], Partial<Led['state']>]>([
  ['is made blinking', [], { on: true, frequencyHz: 1 }],
  ['goes out with a press', [pressed(1, false)], { on: false }],
  ['comes on with the next', [pressed(1, false), pressed(2, true)], { on: true }],
  ['obeys a press once, however often it hears of it', [pressed(1, false), pressed(1, true)], { on: false }],
  ['obeys a press after one that it missed', [pressed(1, false), pressed(3, false)], { on: false }],
  ['obeys a button that began to count anew', [pressed(500, false), pressed(1, true)], { on: true }],
  ['takes a frequency while it is off, and keeps it', [pressed(1, false), wished({ frequencyHz: 5 }), pressed(2, true)], { on: true, frequencyHz: 5 }],
  ['leaves alone wishes that are not its own', [wished({ colour: 'red' })], { frequencyHz: 1 }],
])('%s', (_case, happenings, expected) => {
  expect(happenings.reduce(after, made)).toMatchObject({ state: expected, refused: null })
})

test.each<[string, unknown, unknown]>([
  ['too fast', 51, 51],
  ['too slow', 0.05, 0.05],
  ['not a number', 'fast', 'fast'],
  ['a long text', 'x'.repeat(10_000), 'x'.repeat(100)],
  ['a deep structure', { a: { b: { c: { d: { e: 1 } } } } }, '{"a":{"b":{"c":{"d":{"e":1}}}}}'],
])('refuses a frequency that is %s, and says why', (_case, frequencyHz, named) => {
  const led = after(made, wished({ frequencyHz }))
  expect(led).toEqual({ state: NEW_LED, refused: { frequencyHz: named, why: 'frequencyHz must be a number from 0.1 to 50 (Hz)' } })
  expect(after(led, wished({ frequencyHz: 2 })).refused).toBeNull()
})
