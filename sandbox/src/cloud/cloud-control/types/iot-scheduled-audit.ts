// sandbox/src/cloud/cloud-control/types/iot-scheduled-audit.ts: AWS::IoT::ScheduledAudit.
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { TagList } from './tags.ts'

const ScheduledAudit = z.strictObject({
  ScheduledAuditName: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[a-zA-Z0-9:_-]+$/)
    .optional(),
  ScheduledAuditArn: z.string().optional(),
  Frequency: z.enum(['DAILY', 'WEEKLY', 'BIWEEKLY', 'MONTHLY']),
  DayOfMonth: z
    .string()
    .regex(/^([1-9]|[12][0-9]|3[01])$|^LAST$/)
    .optional(),
  DayOfWeek: z.enum(['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'UNSET_VALUE']).optional(),
  TargetCheckNames: z.array(z.string()),
  Tags: TagList.optional(),
})
type ScheduledAudit = z.infer<typeof ScheduledAudit>

const timingOf = ({ Frequency, DayOfMonth, DayOfWeek, TargetCheckNames }: ScheduledAudit) => ({
  frequency: Frequency,
  targetCheckNames: TargetCheckNames,
  ...(DayOfMonth === undefined ? {} : { dayOfMonth: DayOfMonth }),
  ...(DayOfWeek === undefined || DayOfWeek === 'UNSET_VALUE' ? {} : { dayOfWeek: DayOfWeek }),
})

export const scheduledAudit = resourceType<ScheduledAudit>({
  typeName: 'AWS::IoT::ScheduledAudit',
  schema: ScheduledAudit,
  identifier: ['ScheduledAuditName'],
  createOnly: ['ScheduledAuditName'],
  readOnly: ['ScheduledAuditArn'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const scheduledAuditName = model.ScheduledAuditName ?? generatedName()
    await iot.CreateScheduledAudit({ ...timingOf(model), scheduledAuditName, tags: model.Tags })
    return [scheduledAuditName]
  },
  async read([scheduledAuditName = ''], handling) {
    const found = await handling.iot.DescribeScheduledAudit({ scheduledAuditName })
    return {
      ScheduledAuditName: scheduledAuditName,
      ScheduledAuditArn: found.scheduledAuditArn,
      Frequency: found.frequency ?? 'DAILY',
      DayOfMonth: found.dayOfMonth,
      DayOfWeek: found.dayOfWeek,
      TargetCheckNames: found.targetCheckNames ?? [],
      Tags: await iotTags(handling, found.scheduledAuditArn),
    }
  },
  async update([scheduledAuditName], { before, after }, handling) {
    await handling.iot.UpdateScheduledAudit({ ...timingOf(after), scheduledAuditName })
    await changeIotTags(handling, before.ScheduledAuditArn, { before: before.Tags, after: after.Tags })
  },
  async delete([scheduledAuditName], { iot }) {
    await iot.DeleteScheduledAudit({ scheduledAuditName })
  },
  async list({ iot }) {
    const audits = await allPages(async (nextToken) => {
      const { scheduledAudits: items, nextToken: next } = await iot.ListScheduledAudits({ nextToken })
      return { items, next }
    })
    return audits.map(({ scheduledAuditName = '' }) => [scheduledAuditName])
  },
})
