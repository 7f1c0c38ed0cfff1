// packages/device-runtime/src/outbox/batches.test.ts: messages stay under 5 kB, keep the order, and leave out what none can carry.
import { expect, test } from 'vitest'
import { batchesOf } from './batches.ts'

const AT = '2026-11-21T10:00:00.000Z'
const entries = (count: number, why = '') => Array.from({ length: count }, (_, index) => ({ sequence: index + 1, entry: { at: AT, presses: index + 1, why } }))
const sent = { sentAt: AT, lost: 3 }

test('a few events are one message', () => {
  expect(batchesOf(entries(2), sent)).toEqual({ batches: [{ firstAt: AT, firstSequence: 1, lastSequence: 2, sentAt: AT, lost: 3, entries: [{ at: AT, presses: 1, why: '' }, { at: AT, presses: 2, why: '' }] }], tooLarge: [] })
  expect(batchesOf([], sent)).toEqual({ batches: [], tooLarge: [] })
})

test('a day of events is sent in order, each message under 5 kB', () => {
  const { batches } = batchesOf(entries(1000, 'ü'.repeat(20)), sent)
  expect(batches.flatMap(({ entries: each }) => each.map((entry) => (entry as unknown as { presses: number }).presses))).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1))
  for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(5_000)
  expect(batches.length).toBeLessThan(50)
})

test('an event larger than that is a message of its own; one that AWS IoT would refuse is left out', () => {
  const { batches, tooLarge } = batchesOf([...entries(1), { sequence: 2, entry: { at: AT, why: 'x'.repeat(6000) } }, { sequence: 3, entry: { at: AT, why: 'x'.repeat(200_000) } }, { sequence: 4, entry: { at: AT } }] as Parameters<typeof batchesOf>[0], sent)
  expect(batches.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence])).toEqual([[1, 1], [2, 2], [4, 4]])
  expect(tooLarge).toEqual([3])
})
