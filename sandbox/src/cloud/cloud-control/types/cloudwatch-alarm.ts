// sandbox/src/cloud/cloud-control/types/cloudwatch-alarm.ts: AWS::CloudWatch::Alarm.
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const actions = z.array(z.string()).max(5).optional()
const dimensions = z.array(z.strictObject({ Name: z.string(), Value: z.string() }))
const metric = z.strictObject({ Namespace: z.string().optional(), MetricName: z.string().optional(), Dimensions: dimensions.optional() })

const Alarm = z.strictObject({
  AlarmName: z.string().optional(),
  Arn: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().optional(),
  AlarmActions: actions,
  OKActions: actions,
  InsufficientDataActions: actions,
  ComparisonOperator: z.string(),
  EvaluationPeriods: z.number().int(),
  DatapointsToAlarm: z.number().int().optional(),
  Threshold: z.number().optional(),
  ThresholdMetricId: z.string().optional(),
  TreatMissingData: z.string().optional(),
  EvaluateLowSampleCountPercentile: z.string().optional(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions.optional(),
  Period: z.number().int().optional(),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Unit: z.string().optional(),
  Metrics: z
    .array(
      z.strictObject({
        Id: z.string(),
        Expression: z.string().optional(),
        Label: z.string().optional(),
        Period: z.number().int().optional(),
        ReturnData: z.boolean().optional(),
        AccountId: z.string().optional(),
        MetricStat: z.strictObject({ Metric: metric, Period: z.number().int(), Stat: z.string(), Unit: z.string().optional() }).optional(),
      }),
    )
    .optional(),
  Tags: TagList.optional(),
})
type Alarm = z.infer<typeof Alarm>

export const alarm = resourceType<Alarm>({
  typeName: 'AWS::CloudWatch::Alarm',
  schema: Alarm,
  identifier: ['AlarmName'],
  createOnly: ['AlarmName'],
  readOnly: ['Arn'],
  writeOnly: [],
  async create(model, handling) {
    const AlarmName = model.AlarmName ?? handling.generatedName()
    if (await find(AlarmName, handling)) throw new AwsError('ResourceAlreadyExistsException', `The alarm ${AlarmName} exists already.`)
    await handling.cloudwatch.PutMetricAlarm({ ...settingsOf(model, AlarmName), Tags: model.Tags })
    return [AlarmName]
  },
  async read([name = ''], handling) {
    const found = await find(name, handling)
    if (!found) throw new AwsError('ResourceNotFoundException', `The alarm ${name} does not exist.`)
    const { AlarmArn: Arn, AlarmConfigurationUpdatedTimestamp: _changed, StateValue: _state, StateReason: _why, StateUpdatedTimestamp: _since, ...settings } = found
    const { Tags } = await handling.cloudwatch.ListTagsForResource({ ResourceARN: Arn })
    return { ...(settings as Omit<Alarm, 'Arn' | 'Tags'>), Arn, Tags: fromTags(Tags) } // the API's members have the same names
  },
  async update([name = ''], { before, after }, { cloudwatch }) {
    await cloudwatch.PutMetricAlarm(settingsOf(after, name))
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await cloudwatch.TagResource({ ResourceARN: before.Arn, Tags: set })
    if (remove.length > 0) await cloudwatch.UntagResource({ ResourceARN: before.Arn, TagKeys: remove })
  },
  async delete([name = ''], { cloudwatch }) {
    await cloudwatch.DeleteAlarms({ AlarmNames: [name] })
  },
  async list({ cloudwatch }) {
    const alarms = await allPages(async (NextToken) => {
      const { MetricAlarms: items, NextToken: next } = await cloudwatch.DescribeAlarms({ NextToken })
      return { items, next }
    })
    return alarms.map(({ AlarmName = '' }) => [AlarmName])
  },
})

const find = async (name: string, { cloudwatch }: Handling) => (await cloudwatch.DescribeAlarms({ AlarmNames: [name] })).MetricAlarms?.[0]

const settingsOf = ({ Arn: _arn, Tags: _tags, ...model }: Alarm, AlarmName: string) => ({ ...model, AlarmName }) as PutMetricAlarmInput // CloudWatch itself says which statistics and units it has
