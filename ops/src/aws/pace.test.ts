// ops/src/aws/pace.test.ts: calls go as fast as their quota allows, and no faster.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { paceFor } from './pace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function done(kind: 'aws' | 'sandbox', calls: number) {
  const pace = paceFor({ kind })
  let count = 0
  const all = Promise.all(Array.from({ length: calls }, () => pace('UpdateCertificate', async () => ++count)))
  await vi.advanceTimersByTimeAsync(0)
  return { count: () => count, all }
}

test('ten certificates a second on AWS', async () => {
  const { count, all } = await done('aws', 25)
  expect(count()).toBe(10)
  await vi.advanceTimersByTimeAsync(1000)
  expect(count()).toBe(20)
  await vi.advanceTimersByTimeAsync(1000)
  await all
  expect(count()).toBe(25)
})

test('no quota in a sandbox', async () => {
  const { count, all } = await done('sandbox', 25)
  await all
  expect(count()).toBe(25)
})

test('one kind does not wait for another; what fails is told and the rest goes on', async () => {
  const pace = paceFor({ kind: 'aws' })
  const failing = expect(pace('other', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const results = Promise.all([pace('other', async () => 'next'), pace('DeleteThing', async () => 'other kind')])
  await vi.advanceTimersByTimeAsync(0)
  await failing
  expect(await results).toEqual(['next', 'other kind'])
})
