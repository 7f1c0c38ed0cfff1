// packages/device-runtime/src/gpio/square-wave.test.ts: edges are due at fixed times, whatever the lateness of those before.
import { expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { edgeAfter, makeWave } from './square-wave.ts'
import type { Level } from './gpio.ts'

test.each([
  ['the next edge, in time', 0, 1000, { index: 1, dueMs: 1010, level: 0 }],
  ['the next edge, after a late one', 1, 1017, { index: 2, dueMs: 1020, level: 1 }],
  ['the next edge, a little overdue', 1, 1023, { index: 2, dueMs: 1020, level: 1 }],
  ['the latest that is due, after a long sleep', 1, 1057, { index: 5, dueMs: 1050, level: 0 }],
])('%s', (_case, last, nowMs, edge) => {
  expect(edgeAfter(last, { startMs: 1000, halfPeriodMs: 10, nowMs })).toEqual(edge)
})

test('a wave has equal halves and begins with 1', async () => {
  const clock = manualClock()
  const over = new AbortController()
  const shown: [number, Level][] = []
  const begin = clock.monotonicMs()
  const wave = makeWave(2, { clock, set: (level) => shown.push([clock.monotonicMs() - begin, level]) }, over.signal)
  await clock.advance(1000)
  over.abort(new Error('enough'))
  await expect(wave).rejects.toThrow('enough')
  expect(shown).toEqual([[0, 1], [250, 0], [500, 1], [750, 0], [1000, 1]])
})
