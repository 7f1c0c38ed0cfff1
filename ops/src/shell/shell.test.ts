// ops/src/shell/shell.test.ts: what commands print and read: arguments, tables, times, progress, errors.
import { FleetError } from '@fleet/contract/errors'
import { expect, test } from 'vitest'
import { ago } from './ago.ts'
import { days, durationMs, positive, seconds, sinceWhen, wholeNumber } from './argument.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { asFleetError, failureJson, renderFailure } from './failure.ts'
import { plain } from './paint.ts'
import { progressOn } from './progress.ts'
import { printable, table } from './table.ts'

test.each<[string, number]>([
  ['0', 0],
  ['-0', 0],
  ['90s', 90_000],
  ['10m', 600_000],
  ['+2h', 7_200_000],
  ['-7d', -604_800_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
])('«%s» is a time', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each(['', '5', 'm', '5 m', '5y', '1e3s', '--2h', 'now'])('«%s» is no time', (text) => {
  expect(() => durationMs(text)).toThrow('a time such as')
})

const NOW = new Date('2026-11-21T12:00:00Z')

test.each<[string, string]>([
  ['2h', '2026-11-21T10:00:00.000Z'],
  ['-2h', '2026-11-21T10:00:00.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-21T11:30:00+01:00', '2026-11-21T10:30:00.000Z'],
])('since «%s»', (text, expected) => {
  expect(sinceWhen(text)(NOW).toISOString()).toBe(expected)
})

test('numbers that are none are refused', () => {
  expect(() => sinceWhen('2026-13-45')).toThrow('a time such as')
  expect(() => wholeNumber('1.5')).toThrow('whole number')
  expect(() => wholeNumber('-1')).toThrow('whole number')
  expect(() => days('0')).toThrow('--purge removes at once')
  expect(() => seconds(' ')).toThrow('number of seconds')
  expect(() => seconds('-1')).toThrow('number of seconds')
  expect(seconds('0.5')).toBe(0.5)
  expect(positive('0.5')).toBe(0.5)
  for (const text of ['0', '-1', '', 'x', 'Infinity']) expect(() => positive(text)).toThrow('above 0')
})

test.each<[number, string]>([
  [0, 'now'],
  [-5000, 'now'],
  [12_000, '12 s ago'],
  [3 * 60_000, '3 min ago'],
  [5 * 3_600_000 + 1, '5 h ago'],
  [200 * 86_400_000, '200 d ago'],
])('%d ms are told as %s', (ms, expected) => {
  expect(ago(new Date(NOW.getTime() - ms), NOW)).toBe(expected)
})

test('columns line up, whatever is painted; an empty one is left out', () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`
  expect(table(['A', 'EMPTY', 'B'], [[red('long one'), '', 'x'], ['s', '', 'y']], plain)).toBe(`A         B\n${red('long one')}  x\ns         y`)
})

test('what a device says cannot command the terminal', () => {
  expect(printable('a\u001b[2J\u0007b\u009b\tc\r\nd ü')).toBe('a\\u001b[2J\\u0007b\\u009b\tc\\u000d\\u000ad ü')
})

test('progress is written over on a terminal, and not more than one line in two seconds elsewhere', () => {
  const terminal: string[] = []
  const onTerminal = progressOn({ isTTY: true, columns: 10, write: (text) => terminal.push(text) })
  onTerminal.show('0123456789abc')
  onTerminal.show('1')
  onTerminal.note('kept')
  onTerminal.end()
  expect(terminal).toEqual(['\r\u001b[J012345678', '\r\u001b[J1', '\r\u001b[J', 'kept\n'])

  const lines: string[] = []
  let nowMs = 0
  const elsewhere = progressOn({ write: (text) => lines.push(text) }, () => nowMs)
  for (; nowMs <= 4500; nowMs += 500) elsewhere.show(String(nowMs))
  elsewhere.note('kept')
  elsewhere.end()
  expect(lines).toEqual(['2000\n', '4000\n', 'kept\n'])
})

test('a table is written over as a whole, never higher than the terminal; elsewhere only its first line is told', () => {
  const terminal: string[] = []
  const onTerminal = progressOn({ isTTY: true, columns: 10, rows: 4, write: (text) => terminal.push(text) })
  onTerminal.show('a\nb\nc\nd\ne')
  onTerminal.show('f')
  onTerminal.note('kept')
  expect(terminal).toEqual(['\r\u001b[Ja\nb\nc', '\u001b[2A\r\u001b[Jf', '\r\u001b[J', 'kept\n'])

  const lines: string[] = []
  let nowMs = 0
  const elsewhere = progressOn({ write: (text) => lines.push(text) }, () => nowMs)
  nowMs = 2000
  elsewhere.show('a\nb')
  expect(lines).toEqual(['a\n'])
})

test('an error tells what, why, what to do, and its code; the stack only when it is asked for', () => {
  const cause = Object.assign(new Error('token is stale'), { name: 'ExpiredToken' })
  const error = new FleetError('CREDENTIALS_EXPIRED', 'it has\nexpired', 'Sign in.', { cause })
  expect(renderFailure(error, { paint: plain, isDebugged: false })).toBe('error: it has\n       expired\n  why: ExpiredToken: token is stale\n   do: Sign in.\n code: CREDENTIALS_EXPIRED (docs/ERRORS.md)')
  expect(renderFailure(error, { paint: plain, isDebugged: true })).toMatch(/caused by: ExpiredToken[^]* at /)
  expect(failureJson(error)).toEqual({ error: { code: 'CREDENTIALS_EXPIRED', what: 'it has\nexpired', why: ['ExpiredToken: token is stale'], remedy: 'Sign in.' } })
})

test('what nobody foresaw is our own mistake', () => {
  expect(asFleetError(new TypeError('x is undefined'))).toMatchObject({ code: 'UNEXPECTED', message: 'fleet itself failed: TypeError: x is undefined' })
  expect(asFleetError('thrown').message).toContain('thrown')
})

test('exit codes', () => {
  expect([exitCodeOf('CLOUD_REFUSED'), exitCodeOf('USAGE'), exitCodeOf('STAGE_INVALID'), exitCodeOf('INTERRUPTED')]).toEqual([EXIT.failed, EXIT.wrongUse, EXIT.wrongUse, 130])
})
