// docs/errors.test.ts: docs/ERRORS.md tells of every code that a FleetError can carry, and of no other.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CODES } from '@fleet/contract/errors'
import { expect, test } from 'vitest'

const rows = [...readFileSync(join(import.meta.dirname, 'ERRORS.md'), 'utf8').matchAll(/^\| `(\w+)` \| (.+) \| (.+) \|$/gm)].map(([, code = '', cause = '', remedy = '']) => ({ code, cause, remedy }))

test('the codes of docs/ERRORS.md are those of the contract, in the same order', () => {
  expect(rows.map(({ code }) => code)).toEqual(ERROR_CODES)
  expect([...ERROR_CODES].sort()).toEqual(ERROR_CODES)
})

test.each(rows)('$code has a cause and a remedy', ({ cause, remedy }) => {
  expect(cause).toMatch(/\w.{15,}\.$/)
  expect(remedy).toMatch(/\w.{10,}/)
})
