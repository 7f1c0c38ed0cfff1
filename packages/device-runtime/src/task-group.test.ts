// packages/device-runtime/src/task-group.test.ts: loops with one fate.
import { expect, test } from 'vitest'
import { aborted } from './abort.ts'
import { together, untilFirst, type Loop } from './task-group.ts'

const stop = new Error('stop')

/** A loop that works until it is told to end, and the way in which it ended. */
function worker(): { loop: Loop; ended(): boolean } {
  let ended = false
  const loop: Loop = async (signal) => {
    await aborted(signal)
    ended = true
    signal.throwIfAborted()
  }
  return { loop, ended: () => ended }
}

test('when the signal aborts every loop ends, and that is no failure', async () => {
  const [one, two] = [worker(), worker()]
  const over = new AbortController()
  const group = together(over.signal, one.loop, two.loop)
  over.abort(stop)
  await group
  expect([one.ended(), two.ended()]).toEqual([true, true])
})

test('the first failure ends the others, and is the failure of the group', async () => {
  const one = worker()
  const failing = async () => Promise.reject(new Error('broken'))
  await expect(together(new AbortController().signal, one.loop, failing)).rejects.toThrow('broken')
  expect(one.ended()).toBe(true)
})

test('a failure while stopping is not hidden', async () => {
  const over = new AbortController()
  const group = together(over.signal, async (signal) => {
    await aborted(signal)
    throw new Error('could not release')
  })
  over.abort(stop)
  await expect(group).rejects.toThrow('could not release')
})

test('a loop that ends by itself leaves the others running, unless the group is until the first', async () => {
  const one = worker()
  const over = new AbortController()
  const group = together(over.signal, one.loop, async () => {})
  await Promise.resolve()
  expect(one.ended()).toBe(false)
  over.abort(stop)
  await group
  const two = worker()
  await untilFirst(new AbortController().signal, two.loop, async () => {})
  expect(two.ended()).toBe(true)
})
