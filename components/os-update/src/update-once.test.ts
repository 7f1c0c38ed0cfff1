// components/os-update/src/update-once.test.ts: once for each id, done only by the host's word, and never undone by what comes late.
import type { OsUpdateStanding } from '@fleet/contract/os-update'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { next, type Heard } from './update-once.ts'

const DONE = { state: 'done', changed: 2, rebootPending: false, packages: ['a 1 → 2', 'b 1 (new)'] } as const

test.each<[string, [standing: OsUpdateStanding | null, wanted: string, heard: Heard], Partial<OsUpdateStanding> | null]>([
  ['nothing is wished', [null, '', 'nothing'], null],
  ['a wish', [null, 'one', 'nothing'], { id: 'one', state: 'asked', attempt: 0 }],
  ['it waits', [{ id: 'one', state: 'asked', attempt: 0 }, 'one', { id: 'one', state: 'waiting', attempt: 1, why: 'a deployment is running' }], { state: 'waiting', why: 'a deployment is running' }],
  ['it failed and is tried again', [{ id: 'one', state: 'failed', attempt: 1, why: 'no mirror' }, 'one', { id: 'one', state: 'updating', attempt: 2 }], { id: 'one', state: 'updating', attempt: 2 }],
  ['it is done', [{ id: 'one', state: 'updating', attempt: 1 }, 'one', { id: 'one', attempt: 1, ...DONE }], { id: 'one', attempt: 1, ...DONE, packages: [...DONE.packages] }],
  ['the host speaks of another', [{ id: 'two', state: 'asked', attempt: 0 }, 'two', { id: 'one', attempt: 1, ...DONE }], { id: 'two', state: 'asked' }],
  ['a new wish after one that is done', [{ id: 'one', attempt: 1, ...DONE, packages: [] }, 'two', { id: 'one', attempt: 1, ...DONE }], { id: 'two', state: 'asked', attempt: 0 }],
  ['a late answer', [{ id: 'one', attempt: 2, ...DONE, packages: [] }, 'one', { id: 'one', state: 'failed', attempt: 1 }], { state: 'done', attempt: 2 }],
  ['the wish is taken back', [{ id: 'one', state: 'failed', attempt: 1 }, '', 'nothing'], { id: 'one', state: 'failed' }],
  ['no host unit', [{ id: 'one', state: 'asked', attempt: 0 }, 'one', 'silent'], { state: 'asked', why: expect.stringContaining('does not answer') as string }],
  ['a host that is busy is not silent', [{ id: 'one', state: 'updating', attempt: 1 }, 'one', 'silent'], { id: 'one', state: 'updating', attempt: 1 }],
])('%s', (_case, [standing, wanted, heard], expected) => {
  const after = next(standing, wanted, heard)
  if (expected === null) expect(after).toBeNull()
  else expect(after).toMatchObject(expected)
})

test('the same answer again changes nothing, so that it is told once', () => {
  const failed = { id: 'one', state: 'failed', attempt: 1, why: 'no mirror' } as const
  const standing = next(null, 'one', failed)
  expect(next(standing, 'one', failed)).toBe(standing)
})

test('whatever is said in whatever order: done is said of an id only after the host has said so of that id', () => {
  const ids = fc.constantFrom('one', 'two')
  const heard = fc.oneof(
    fc.constantFrom<Heard>('nothing', 'silent'),
    fc.record({ id: ids, attempt: fc.integer({ min: 1, max: 3 }), state: fc.constantFrom('waiting', 'updating', 'rebooting', 'failed') }),
    ids.map((id): Heard => ({ id, attempt: 1, ...DONE })),
  )
  fc.assert(
    fc.property(fc.array(fc.record({ wanted: fc.constantFrom('', 'one', 'two'), heard })), (moments) => {
      let standing: OsUpdateStanding | null = null
      const told = new Set<string>()
      for (const moment of moments) {
        if (typeof moment.heard === 'object' && moment.heard.state === 'done') told.add(moment.heard.id)
        standing = next(standing, moment.wanted, moment.heard)
        if (standing?.state === 'done') expect(told).toContain(standing.id)
      }
    }),
  )
})
