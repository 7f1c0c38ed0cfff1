// sandbox/src/cloud/cloudwatch/cloudwatch.ts: CloudWatch alarms as a stack declares them; the sandbox measures nothing, so each has insufficient data.
import type { MetricAlarm, PutMetricAlarmInput, Tag } from '@aws-sdk/client-cloudwatch'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, matching, notLongerThan, notShorterThan, oneOf, violations } from '../constraint.ts'
import type { OperationsOf, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'

type CloudWatch = OperationsOf<typeof import('@aws-sdk/client-cloudwatch')>

interface AlarmRecord {
  readonly settings: Omit<PutMetricAlarmInput, 'Tags'>
  readonly tags: readonly Tag[]
  readonly createdAt: Date
  readonly changedAt: Date
}

const USUAL = { usual: 50, most: 100 }
const COMPARISONS = ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold', 'LessThanLowerOrGreaterThanUpperThreshold', 'LessThanLowerThreshold', 'GreaterThanUpperThreshold']
const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']

export function openCloudWatch({ account, store, clock }: { readonly account: Account; readonly store: Store; readonly clock: Clock }): Service {
  const alarms = store.table<AlarmRecord>('cloudwatch_alarms')
  const at = (resource = '') => {
    const name = resource.replace(arn('cloudwatch', account, 'alarm:'), '')
    const alarm = alarms.get(name)
    if (!alarm) throw new AwsError('ResourceNotFoundException', `The alarm ${resource} does not exist.`)
    return { name, alarm }
  }
  const operations = {
    PutMetricAlarm({ Tags = [], ...settings }) {
      refuseMalformed(settings)
      const name = settings.AlarmName ?? ''
      const known = alarms.get(name)
      const now = clock.now()
      alarms.put(name, { settings, tags: known?.tags ?? Tags, createdAt: known?.createdAt ?? now, changedAt: now }) // tags are set only when it is made
      return {}
    },
    DescribeAlarms({ AlarmNames, AlarmNamePrefix = '', MaxRecords, NextToken }) {
      const wanted = alarms.all(AlarmNamePrefix).filter(([name]) => AlarmNames === undefined || AlarmNames.includes(name))
      const { items, nextToken } = pageOfList(wanted, { keyOf: ([name]) => name, token: NextToken, size: { asked: MaxRecords, ...USUAL }, invalid: () => new AwsError('InvalidNextToken', 'The next token is not valid.') })
      return { MetricAlarms: items.map(([name, alarm]) => shown(account, name, alarm)), CompositeAlarms: [], NextToken: nextToken }
    },
    /** All of them or none. */
    DeleteAlarms({ AlarmNames = [] }) {
      for (const name of AlarmNames) at(name)
      for (const name of AlarmNames) alarms.delete(name)
      return {}
    },
    TagResource({ ResourceARN, Tags = [] }) {
      const { name, alarm } = at(ResourceARN)
      alarms.put(name, { ...alarm, tags: [...alarm.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags] })
      return {}
    },
    UntagResource({ ResourceARN, TagKeys = [] }) {
      const { name, alarm } = at(ResourceARN)
      alarms.put(name, { ...alarm, tags: alarm.tags.filter(({ Key = '' }) => !TagKeys.includes(Key)) })
      return {}
    },
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: [...at(ResourceARN).alarm.tags] }),
  } satisfies CloudWatch
  return { model: 'cloudwatch', operations, grants: grantsOf(Object.keys(operations)) }
}

/** API reference, PutMetricAlarm. */
function refuseMalformed(settings: AlarmRecord['settings']): void {
  const message =
    violations(
      ['alarmName', settings.AlarmName, notShorterThan(1), notLongerThan(255)],
      ['comparisonOperator', settings.ComparisonOperator, oneOf(...COMPARISONS)],
      ['evaluationPeriods', settings.EvaluationPeriods, atLeast(1)],
      ['datapointsToAlarm', settings.DatapointsToAlarm, atLeast(1)],
      ['period', settings.Period, atLeast(1)],
      ['statistic', settings.Statistic, oneOf(...STATISTICS)],
      ['namespace', settings.Namespace, matching(/^[^:].*$/), notLongerThan(255)],
      ['treatMissingData', settings.TreatMissingData, oneOf('breaching', 'notBreaching', 'ignore', 'missing')],
      ['alarmActions', settings.AlarmActions, notLongerThan(5)],
      ['dimensions', settings.Dimensions, notLongerThan(30)],
    ) ?? missing(settings)
  if (message !== undefined) throw new AwsError('ValidationError', message, { status: 400 }) // PutMetricAlarm declares no other error for it
}

function missing({ MetricName, Metrics = [], Namespace, Period, Statistic, ExtendedStatistic, Threshold, ThresholdMetricId }: AlarmRecord['settings']): string | undefined {
  if (Metrics.length > 0) return MetricName === undefined ? undefined : 'Metrics list and MetricName are mutually exclusive parameters'
  if (MetricName === undefined || Namespace === undefined || Period === undefined) return 'An alarm on one metric needs MetricName, Namespace and Period'
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) return 'Exactly one of Statistic or ExtendedStatistic must be specified'
  return Threshold === undefined && ThresholdMetricId === undefined ? 'Threshold or ThresholdMetricId must be specified' : undefined
}

const alarmArn = (account: Account, name: string) => arn('cloudwatch', account, `alarm:${name}`)

const shown = (account: Account, name: string, { settings, createdAt, changedAt }: AlarmRecord): MetricAlarm => ({
  ...settings,
  ActionsEnabled: settings.ActionsEnabled ?? true,
  AlarmArn: alarmArn(account, name),
  AlarmConfigurationUpdatedTimestamp: changedAt,
  StateValue: 'INSUFFICIENT_DATA',
  StateReason: 'Unchecked: Initial alarm creation',
  StateUpdatedTimestamp: createdAt,
})

interface Named {
  readonly AlarmName?: string
  readonly AlarmNames?: readonly string[]
  readonly ResourceARN?: string
}

const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(names.map((name) => [name, (input: Named, account: Account) => ({ action: `cloudwatch:${name}`, resources: resourcesOf(input, account) })]))

function resourcesOf({ AlarmName, AlarmNames = [], ResourceARN }: Named, account: Account): string[] {
  if (ResourceARN !== undefined) return [ResourceARN]
  const names = AlarmName === undefined ? AlarmNames : [AlarmName]
  return names.length === 0 ? [alarmArn(account, '*')] : names.map((name) => alarmArn(account, name))
}
