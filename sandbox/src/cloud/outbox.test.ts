// sandbox/src/cloud/outbox.test.ts: mails lie in a folder in the order in which they were sent, also after a restart.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { outbox } from './outbox.ts'

test('each mail is a file that a person can read, and no address leads out of the folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const at = new Date('2026-11-21T12:00:00Z')
  outbox(folder)({ to: 'ops@example.com', subject: 'one', text: 'first', at })
  outbox(folder)({ to: '../../x@example.com', subject: 'two', text: 'second', at })
  expect(readdirSync(folder).sort()).toEqual(['0001-ops@example.com.txt', '0002-.._.._x@example.com.txt'])
  expect(readFileSync(join(folder, '0001-ops@example.com.txt'), 'utf8')).toBe('To: ops@example.com\nDate: 2026-11-21T12:00:00.000Z\nSubject: one\n\nfirst\n')
})
