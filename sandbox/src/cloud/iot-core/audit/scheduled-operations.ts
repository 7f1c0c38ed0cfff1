// sandbox/src/cloud/iot-core/audit/scheduled-operations.ts: audits that run again and again (AWS IoT API reference).
import type { DayOfWeek } from '@aws-sdk/client-iot'
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import { alreadyExists, found, invalidRequest, limitExceeded, required } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import type { ResourceTags } from '../resource-tags.ts'
import { type AuditTables, scheduledAuditArn, type ScheduledAuditRecord } from './audit-records.ts'
import { enabledChecks } from './configuration-operations.ts'

/** Device Defender guide, «Service limits». */
const MOST_SCHEDULED = 5
const DAYS: readonly DayOfWeek[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

export interface ScheduledOptions {
  readonly account: Account
  readonly clock: Clock
  readonly tables: AuditTables
  readonly tags: ResourceTags
}

export function scheduledOperations({ account, clock, tables, tags }: ScheduledOptions) {
  const arnOf = (name: string) => scheduledAuditArn(account, name)
  const named = (name: string | undefined): readonly [string, ScheduledAuditRecord] => {
    const asked = required(name, 'scheduledAuditName')
    return [asked, found(tables.scheduled.get(asked), `Scheduled audit ${asked}`)]
  }
  return {
    CreateScheduledAudit(input) {
      const name = required(input.scheduledAuditName, 'scheduledAuditName')
      if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) throw invalidRequest(`1 validation error detected: Value '${name}' at 'scheduledAuditName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`)
      if (tables.scheduled.get(name)) throw alreadyExists(`The scheduled audit ${name} already exists.`, name, arnOf(name))
      if (tables.scheduled.count() >= MOST_SCHEDULED) throw limitExceeded(`There are at most ${MOST_SCHEDULED} scheduled audits.`)
      const timing = checkedTiming(input)
      tables.scheduled.put(name, { ...timing, checks: enabledChecks(tables, input.targetCheckNames), createdAt: clock.now() })
      tags.set(arnOf(name), input.tags ?? [])
      return { scheduledAuditArn: arnOf(name) }
    },
    UpdateScheduledAudit(input) {
      const [name, before] = named(input.scheduledAuditName)
      const { dayOfWeek, dayOfMonth, ...kept } = before
      const isSame = input.frequency === undefined || input.frequency === before.frequency
      const timing = checkedTiming(isSame ? { frequency: before.frequency, dayOfWeek: input.dayOfWeek ?? dayOfWeek, dayOfMonth: input.dayOfMonth ?? dayOfMonth } : input)
      tables.scheduled.put(name, { ...kept, ...timing, ...(input.targetCheckNames ? { checks: enabledChecks(tables, input.targetCheckNames) } : {}) })
      return { scheduledAuditArn: arnOf(name) }
    },
    DescribeScheduledAudit(input) {
      const [scheduledAuditName, { frequency, dayOfWeek, dayOfMonth, checks }] = named(input.scheduledAuditName)
      return { frequency, dayOfWeek, dayOfMonth, targetCheckNames: [...checks], scheduledAuditName, scheduledAuditArn: arnOf(scheduledAuditName) }
    },
    DeleteScheduledAudit(input) {
      const [name] = named(input.scheduledAuditName)
      tables.scheduled.delete(name)
      tags.removeAll(arnOf(name))
      return {}
    },
    ListScheduledAudits({ nextToken, maxResults }) {
      const { items, next } = listed(tables.scheduled, { token: nextToken, size: maxResults })
      return { scheduledAudits: items.map(([scheduledAuditName, { frequency, dayOfWeek, dayOfMonth }]) => ({ scheduledAuditName, scheduledAuditArn: arnOf(scheduledAuditName), frequency, dayOfWeek, dayOfMonth })), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

interface Timing {
  readonly frequency?: ScheduledAuditRecord['frequency'] | undefined
  readonly dayOfWeek?: DayOfWeek | undefined
  readonly dayOfMonth?: string | undefined
}

/** «dayOfMonth is required if frequency is MONTHLY», dayOfWeek if it is WEEKLY or BIWEEKLY. */
function checkedTiming({ frequency, dayOfWeek, dayOfMonth }: Timing): Pick<ScheduledAuditRecord, 'frequency' | 'dayOfWeek' | 'dayOfMonth'> {
  switch (required(frequency, 'frequency')) {
    case 'DAILY':
      return { frequency: 'DAILY' }
    case 'MONTHLY':
      if (!/^([1-9]|[12][0-9]|3[01]|LAST)$/.test(required(dayOfMonth, 'dayOfMonth'))) throw invalidRequest(`dayOfMonth must be from 1 to 31, or LAST, not ${dayOfMonth ?? ''}.`)
      return { frequency: 'MONTHLY', ...(dayOfMonth === undefined ? {} : { dayOfMonth }) }
    case 'WEEKLY':
    case 'BIWEEKLY': {
      const day = required(dayOfWeek, 'dayOfWeek')
      if (!DAYS.includes(day)) throw invalidRequest(`dayOfWeek must be one of ${DAYS.join(', ')}.`)
      return { frequency: frequency === 'WEEKLY' ? 'WEEKLY' : 'BIWEEKLY', dayOfWeek: day }
    }
    default:
      throw invalidRequest(`frequency must be one of DAILY, WEEKLY, BIWEEKLY, MONTHLY, not ${String(frequency)}.`)
  }
}
