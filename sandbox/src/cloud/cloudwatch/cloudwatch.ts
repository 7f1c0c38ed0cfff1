// sandbox/src/cloud/cloudwatch/cloudwatch.ts: CloudWatch: metrics that are put, alarms and dashboards as a stack declares them; alarms are not evaluated, so each has insufficient data.
import type { MetricAlarm, PutMetricAlarmInput, Tag } from '@aws-sdk/client-cloudwatch'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, matching, notLongerThan, notShorterThan, oneOf, violations } from '../constraint.ts'
import type { OperationsOf, Service } from '../service.ts'
import type { MetricSink } from '../ports.ts'
import type { Store, Table } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'
import { dashboardArn, type DashboardRecord, openDashboards } from './dashboards.ts'
import { openMetrics } from './metrics.ts'

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

export interface CloudWatchService {
  readonly service: Service
  readonly metrics: MetricSink
}

export function openCloudWatch(base: { readonly account: Account; readonly store: Store; readonly clock: Clock }): CloudWatchService {
  const { account, store, clock } = base
  const metrics = openMetrics(base)
  const { dashboards, operations: dashboardOperations } = openDashboards(base)
  const alarms = store.table<AlarmRecord>('cloudwatch_alarms')
  const at = (resource = '') => {
    const name = resource.replace(arn('cloudwatch', account, 'alarm:'), '')
    const alarm = alarms.get(name)
    if (!alarm) throw new AwsError('ResourceNotFoundException', `The alarm ${resource} does not exist.`)
    return { name, alarm }
  }
  const tagsAt = (resource = '') => tagged(resource, { account, dashboards }) ?? alarmTags(resource)
  const alarmTags = (resource: string): Tagged => {
    const { name, alarm } = at(resource)
    return { tags: alarm.tags, put: (tags) => alarms.put(name, { ...alarm, tags }) }
  }
  const operations = {
    ...metrics.operations,
    ...dashboardOperations,
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
      const { tags, put } = tagsAt(ResourceARN)
      put([...tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags])
      return {}
    },
    UntagResource({ ResourceARN, TagKeys = [] }) {
      const { tags, put } = tagsAt(ResourceARN)
      put(tags.filter(({ Key = '' }) => !TagKeys.includes(Key)))
      return {}
    },
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: [...tagsAt(ResourceARN).tags] }),
  } satisfies CloudWatch
  return { service: { model: 'cloudwatch', operations, grants: grantsOf(Object.keys(operations)) }, metrics: metrics.sink }
}

interface Tagged {
  readonly tags: readonly Tag[]
  readonly put: (tags: readonly Tag[]) => void
}

/** Undefined when it is no dashboard. */
function tagged(resource: string, { account, dashboards }: { readonly account: Account; readonly dashboards: Table<DashboardRecord> }): Tagged | undefined {
  const [, name] = /:dashboard\/(.+)$/.exec(resource) ?? []
  const dashboard = name === undefined ? undefined : dashboards.get(name)
  if (name === undefined || !dashboard || resource !== dashboardArn(account, name)) return undefined
  return { tags: dashboard.tags, put: (tags) => dashboards.put(name, { ...dashboard, tags }) }
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
  readonly Namespace?: string
  readonly DashboardName?: string
  readonly DashboardNames?: readonly string[]
  readonly AlarmName?: string
  readonly AlarmNames?: readonly string[]
  readonly ResourceARN?: string
}

/** Metrics are no resources, and a list of dashboards is of none (Service Authorization Reference, CloudWatch). */
const ON_EVERYTHING = ['GetMetricStatistics', 'ListDashboards', 'ListMetrics', 'PutMetricData']

const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(names.map((name) => [name, (input: Named, account: Account) => ({ action: `cloudwatch:${name}`, resources: ON_EVERYTHING.includes(name) ? ['*'] : resourcesOf(input, account), ...(name === 'PutMetricData' && { context: { 'cloudwatch:namespace': input.Namespace } }) })]))

function resourcesOf({ AlarmName, AlarmNames = [], ResourceARN, DashboardName, DashboardNames }: Named, account: Account): string[] {
  if (DashboardName !== undefined) return [dashboardArn(account, DashboardName)]
  if (DashboardNames !== undefined) return DashboardNames.map((name) => dashboardArn(account, name))
  if (ResourceARN !== undefined) return [ResourceARN]
  const names = AlarmName === undefined ? AlarmNames : [AlarmName]
  return names.length === 0 ? [alarmArn(account, '*')] : names.map((name) => alarmArn(account, name))
}
