// ops/src/alarms/alarms.test.ts: alarms as an operator sees them.
import { expect, test } from 'vitest'
import { renderAlarms } from './render.ts'

const plain = (_style: unknown, text: string) => text
const NOW = new Date('2026-11-21T12:00:00Z')
const alarm = { thing: '10000000a1b2c3d4', alarm: 'too-hot', state: 'raised', at: '2026-11-21T11:59:00.000Z', why: 'processor at 86 °C\u001b[2J', receivedAt: Date.parse('2026-11-21T11:59:00Z') } as const

test('what is open says since when and why; characters that command a terminal are shown, not obeyed', () => {
  const text = renderAlarms(NOW)([alarm, { ...alarm, alarm: 'offline', acknowledged: { at: NOW.toISOString(), by: 'ada' } }], plain)
  expect(text).toContain('1 min ago')
  expect(text).toContain('seen by ada')
  expect(text).not.toContain('\u001b')
  expect(renderAlarms(NOW)([], plain)).toBe('No alarm is open.')
})
