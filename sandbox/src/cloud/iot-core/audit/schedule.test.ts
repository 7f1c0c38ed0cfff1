// sandbox/src/cloud/iot-core/audit/schedule.test.ts: when audits are due.
import { expect, test } from 'vitest'
import type { ScheduledAuditRecord } from './audit-records.ts'
import { dueAt } from './schedule.ts'

test.each<[string, Partial<ScheduledAuditRecord>, string]>([
  ['daily', { frequency: 'DAILY' }, '2026-11-22T10:00:00.000Z'],
  ['daily, after the last', { frequency: 'DAILY', lastRunAt: new Date('2026-12-01T03:00:00Z') }, '2026-12-02T03:00:00.000Z'],
  ['weekly', { frequency: 'WEEKLY', dayOfWeek: 'MON' }, '2026-11-23T00:00:00.000Z'],
  ['weekly on the day of its making', { frequency: 'WEEKLY', dayOfWeek: 'SAT' }, '2026-11-28T00:00:00.000Z'],
  ['every other week', { frequency: 'BIWEEKLY', dayOfWeek: 'MON', lastRunAt: new Date('2026-11-23T00:00:01Z') }, '2026-12-07T00:00:00.000Z'],
  ['monthly', { frequency: 'MONTHLY', dayOfMonth: '5' }, '2026-12-05T00:00:00.000Z'],
  ['monthly on a day that the month has not', { frequency: 'MONTHLY', dayOfMonth: '31', lastRunAt: new Date('2027-01-31T00:00:01Z') }, '2027-02-28T00:00:00.000Z'],
  ['monthly on the last', { frequency: 'MONTHLY', dayOfMonth: 'LAST' }, '2026-11-30T00:00:00.000Z'],
])('%s', (_case, record, due) => {
  expect(dueAt({ frequency: 'DAILY', checks: [], createdAt: new Date('2026-11-21T10:00:00Z'), ...record }).toISOString()).toBe(due)
})

