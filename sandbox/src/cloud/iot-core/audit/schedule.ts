// sandbox/src/cloud/iot-core/audit/schedule.ts: when a scheduled audit is due, by the cloud's clock.
import type { DayOfWeek } from '@aws-sdk/client-iot'
import type { ScheduledAuditRecord } from './audit-records.ts'

const DAY_MS = 86_400_000
const WEEKDAYS: readonly DayOfWeek[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/**
 * «The start time of a scheduled audit is determined by the system»: here a day after the audit before, or at midnight (UTC) of the day
 * that was asked for. However far the clock jumped, one audit is due, not all that were missed.
 */
export function dueAt({ frequency, dayOfWeek, dayOfMonth, createdAt, lastRunAt }: ScheduledAuditRecord): Date {
  const since = lastRunAt ?? createdAt
  if (frequency === 'DAILY') return new Date(since.getTime() + DAY_MS)
  if (frequency === 'MONTHLY') return firstDay(since, (day) => day.getUTCDate() === dayIn(day, dayOfMonth))
  const isRightDay = (day: Date) => WEEKDAYS[day.getUTCDay()] === dayOfWeek
  return firstDay(frequency === 'BIWEEKLY' && lastRunAt ? new Date(since.getTime() + 7 * DAY_MS) : since, isRightDay)
}

/** The first midnight after this time that is right; each kind of day comes within two months. */
function firstDay(after: Date, isRight: (day: Date) => boolean): Date {
  let day = new Date(Math.floor(after.getTime() / DAY_MS) * DAY_MS + DAY_MS)
  while (!isRight(day)) day = new Date(day.getTime() + DAY_MS)
  return day
}

/** «If days 29-31 are specified, and the month does not have that many days, the audit takes place on the LAST day of the month.» */
function dayIn(month: Date, dayOfMonth = 'LAST'): number {
  const last = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate()
  return dayOfMonth === 'LAST' ? last : Math.min(Number(dayOfMonth), last)
}
