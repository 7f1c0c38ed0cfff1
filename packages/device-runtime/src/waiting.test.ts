// packages/device-runtime/src/waiting.test.ts: the small things that loops wait with: clock, bell, queue, back-off.
import { expect, test } from 'vitest'
import { backoff } from './backoff.ts'
import { bell } from './bell.ts'
import { sleep, systemClock } from './clock.ts'
import { queue } from './queue.ts'
import { manualClock } from './testing/manual-clock.ts'

const stop = new Error('stop')

test('the system clock wakes at the deadline, not before', async () => {
  const clock = systemClock()
  for (const ms of [0.3, 1, 2.5, 7.2]) {
    const deadline = clock.monotonicMs() + ms
    await clock.sleepUntil(deadline, new AbortController().signal)
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(deadline)
  }
})

test.each([['system', systemClock()], ['manual', manualClock()]])('a sleep on the %s clock ends with the signal', async (_name, clock) => {
  const over = new AbortController()
  const sleeping = expect(sleep(clock, 60_000, over.signal)).rejects.toBe(stop)
  over.abort(stop)
  await sleeping
  await expect(sleep(clock, 0, over.signal)).rejects.toBe(stop)
})

test('a manual clock wakes sleepers at their deadlines, in order', async () => {
  const clock = manualClock()
  const begin = clock.monotonicMs()
  const woken: [string, number][] = []
  const sleeper = async (name: string, ms: number) => {
    await sleep(clock, ms, new AbortController().signal)
    woken.push([name, clock.monotonicMs() - begin])
  }
  void sleeper('late', 500)
  void sleeper('early', 100)
  void sleeper('never', 5000)
  await clock.advance(1000)
  expect(woken).toEqual([['early', 100], ['late', 500]])
})

test('waits double up to their bound, at least half of each is kept', () => {
  const shortest = backoff({ firstMs: 1000, mostMs: 5000, random: () => 0 })
  expect(Array.from({ length: 5 }, () => shortest.next())).toEqual([500, 1000, 2000, 2500, 2500])
  const longest = backoff({ firstMs: 1000, mostMs: 5000, random: () => 1 })
  expect(Array.from({ length: 5 }, () => longest.next())).toEqual([1000, 2000, 4000, 5000, 5000])
  longest.reset()
  expect(longest.next()).toBe(1000)
})

test('a bell that was rung while nobody listened is heard once', async () => {
  const door = bell()
  const over = new AbortController()
  door.ring()
  door.ring()
  await door.rung(over.signal)
  let heard = false
  const second = door.rung(over.signal).then(() => (heard = true))
  await Promise.resolve()
  expect(heard).toBe(false)
  door.ring()
  await second
  const third = expect(door.rung(over.signal)).rejects.toBe(stop)
  over.abort(stop)
  await third
})

test('a queue gives what was pushed, in order, and ends', async () => {
  const items = queue<number>()
  items.push(1)
  items.push(2)
  items.end()
  items.push(3)
  const seen: number[] = []
  for await (const item of items) seen.push(item)
  expect(seen).toEqual([1, 2])
})

test('a queue that ends with an error gives what was pushed before', async () => {
  const items = queue<number>()
  const seen: number[] = []
  items.push(1)
  items.end(new Error('lost'))
  await expect((async () => { for await (const item of items) seen.push(item) })()).rejects.toThrow('lost')
  expect(seen).toEqual([1])
})
