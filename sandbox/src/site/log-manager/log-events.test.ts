// sandbox/src/site/log-manager/log-events.test.ts: log events from the bytes of a log file.
import { expect, test } from 'vitest'
import { nextBatch } from './log-events.ts'
import { readSettings } from './settings.ts'

const now = new Date('2026-11-21T12:00:00Z')
const [source] = readSettings({ logsUploaderConfiguration: { componentLogsConfigurationMap: { a: {} } } }).sources
const batchOf = (text: string, least: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' = 'INFO') => nextBatch(Buffer.from(text), { start: source?.start ?? /^/, least }, now)
const messages = (text: string, least?: 'WARN') => batchOf(text, least)?.events.map(({ message }) => message)

test('one event a line, with the line’s own time', () => {
  expect(batchOf('2026-11-21T10:00:00.123Z [INFO] one\n2026-11-21T10:00:01Z [INFO] two\n')).toEqual({
    date: '2026/11/21',
    bytes: 68,
    events: [
      { timestamp: Date.parse('2026-11-21T10:00:00.123Z'), message: '2026-11-21T10:00:00.123Z [INFO] one' },
      { timestamp: Date.parse('2026-11-21T10:00:01Z'), message: '2026-11-21T10:00:01Z [INFO] two' },
    ],
  })
})

test('a stack below a line belongs to it; an unfinished line waits', () => {
  const text = '2026-11-21T10:00:00Z [ERROR] failed\nError: x\n  at y\n2026-11-21T10:00:01Z [INFO] next\n2026-11-21T10:00:02Z unfini'
  expect(messages(text)).toEqual(['2026-11-21T10:00:00Z [ERROR] failed\nError: x\n  at y', '2026-11-21T10:00:01Z [INFO] next'])
  expect(batchOf(text)?.bytes).toBe(text.lastIndexOf('\n') + 1)
  expect(batchOf('2026-11-21T10:00:02Z unfini')).toBeUndefined()
})

test('each day has a stream of its own, so the next day waits for the next call', () => {
  const first = '2026-11-20T23:59:59Z old\n'
  const batch = batchOf(`${first}2026-11-21T00:00:00Z new\n`)
  expect(batch).toMatchObject({ date: '2026/11/20', bytes: first.length })
  expect(batch?.events).toHaveLength(1)
})

test('JSON lines below the least level, and what is older than CloudWatch takes, are left out but done', () => {
  const text = `${JSON.stringify({ time: '2026-11-21T10:00:00Z', level: 'info', event: 'a' })}\n${JSON.stringify({ time: '2026-11-21T10:00:00Z', level: 'warn', event: 'b' })}\n2026-10-01T00:00:00Z long ago\n`
  expect(messages(text, 'WARN')).toEqual([expect.stringContaining('"b"')])
  expect(batchOf(text, 'WARN')?.bytes).toBe(text.length)
})

test('a batch stays within 10,000 events, an event within 256 KiB', () => {
  const lines = '2026-11-21T10:00:00Z x\n'.repeat(10_001)
  expect(batchOf(lines)).toMatchObject({ events: { length: 10_000 }, bytes: lines.length - '2026-11-21T10:00:00Z x\n'.length })
  const long = `2026-11-21T10:00:00Z ${'x'.repeat(300_000)}\n`
  expect(messages(long)?.map((message) => message.length)).toEqual([256 * 1024 - 26, long.length - 1 - (256 * 1024 - 26)])
})

test.each([
  ['the system log is off unless it is asked for', { logsUploaderConfiguration: { systemLogsConfiguration: {} } }, []],
  ['by its words in strings', { logsUploaderConfiguration: { systemLogsConfiguration: { uploadToCloudWatch: 'true' } } }, ['System']],
  ['components by map or by list', { logsUploaderConfiguration: { componentLogsConfigurationMap: { a: {} }, componentLogsConfiguration: [{ componentName: 'b' }] } }, ['b', 'a']],
])('%s', (_case, configuration, expected) => {
  expect(readSettings(configuration).sources.map(({ name }) => name)).toEqual(expected)
})

test('the files of a component are the active one and the full ones, not another component’s', () => {
  const files = ['fleetwright.led.log', 'fleetwright.led_2026_11_21_03_0.log', 'fleetwright.led.log.txt', 'fleetwright-led.log', 'fleetwright.ledger.txt']
  const [led] = readSettings({ logsUploaderConfiguration: { componentLogsConfigurationMap: { 'fleetwright.led': {} } } }).sources
  expect(files.filter((file) => led?.file.test(file))).toEqual(files.slice(0, 2))
})
