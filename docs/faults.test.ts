// docs/faults.test.ts: docs/FAULTS.md names tests that there are.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const rows = [...readFileSync(join(import.meta.dirname, 'FAULTS.md'), 'utf8').matchAll(/^\| (?!fault|---)(.+) \| .+ \| \[(.+)\]\((.+)\) \|$/gm)].map(([, fault = '', title = '', file = '']) => ({ fault, title, file }))

test('every row has a test', () => {
  expect(rows.length).toBeGreaterThan(20)
})

/** A line that begins a test: `test('…`, `])('…`, or a case of one: `['…`. */
const BEGINS = /^ *(test(\.skipIf\(.+\))?\(|\[|(test\.each(<\w+>)?\(|\]).*\)\()['"]/

test.each(rows)('$fault: its test is in $file', ({ title, file }) => {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8').split('\n')
  expect(lines.filter((line) => BEGINS.test(line) && line.includes(title))).toHaveLength(1)
})
