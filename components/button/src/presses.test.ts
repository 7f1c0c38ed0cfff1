// components/button/src/presses.test.ts: what counts as one press, by tables and by random bouncing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edge, Level } from '@fleet/device-runtime/gpio/gpio'
import { presses } from './presses.ts'

async function* at(edges: readonly (readonly [atMs: number, level: Level])[]): AsyncGenerator<Edge> {
  for (const [atMs, level] of edges) yield { atMs, level }
}

async function counted(edges: readonly (readonly [atMs: number, level: Level])[]): Promise<number[]> {
  const times: number[] = []
  for await (const { atMs } of presses(at(edges), { quietMs: 50 })) times.push(atMs)
  return times
}

test.each<[string, [atMs: number, level: Level][], number[]]>([
  ['nothing', [], []],
  ['one clean press', [[0, 0], [300, 1]], [0]],
  ['a press that bounces', [[0, 0], [3, 1], [6, 0], [300, 1]], [0]],
  ['a release that bounces', [[0, 0], [300, 1], [303, 0], [306, 1]], [0]],
  ['two presses', [[0, 0], [300, 1], [900, 0]], [0, 900]],
  ['a press that is held for an hour', [[0, 0], [3_600_000, 1]], [0]],
  ['the button was held when we began', [[0, 1]], []],
  ['two presses with just enough quiet between', [[0, 0], [40, 1], [90, 0]], [0, 90]],
  ['a second closing too soon after the opening', [[0, 0], [40, 1], [89, 0]], [0]],
])('%s', async (_case, edges, expected) => {
  expect(await counted(edges)).toEqual(expected)
})

test('however contacts bounce for 20 ms, each press counts once', async () => {
  const bounces = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 10 }).map((times) => times.sort((a, b) => a - b).slice(0, times.length - (times.length % 2)))
  const press = fc.record({ closing: bounces, heldMs: fc.integer({ min: 80, max: 2000 }), opening: bounces, quietMs: fc.integer({ min: 80, max: 2000 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(press, { maxLength: 8 }), async (series) => {
      const edges: [number, Level][] = []
      const begins: number[] = []
      let now = 1000
      const other = (level: Level): Level => (level === 0 ? 1 : 0)
      const change = (level: Level, bouncing: readonly number[]) => {
        edges.push([now, level], ...bouncing.map((ms, index): [number, Level] => [now + ms, index % 2 === 0 ? other(level) : level]))
      }
      for (const { closing, heldMs, opening, quietMs } of series) {
        begins.push(now)
        change(0, closing)
        now += heldMs
        change(1, opening)
        now += quietMs
      }
      expect(await counted(edges)).toEqual(begins)
    }),
  )
})
