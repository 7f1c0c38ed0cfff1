// sandbox/src/cloud/cloudwatch/metrics.ts: what is counted in CloudWatch: kept by the minute, added up when it is asked for.
import type { Datapoint, Dimension, MetricDatum, Statistic } from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, notLongerThan, notShorterThan, violations } from '../constraint.ts'
import type { MetricSink } from '../ports.ts'
import type { OperationsOf } from '../service.ts'
import { keyOf, partsOf, prefixOf, type Store } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'

type CloudWatch = OperationsOf<typeof import('@aws-sdk/client-cloudwatch')>

interface Minute {
  readonly sum: number
  readonly samples: number
  readonly least: number
  readonly most: number
  readonly unit: string
}

const MINUTE_MS = 60_000
/** API reference, GetMetricStatistics. */
const MOST_DATAPOINTS = 1440

/** Dimensions have no order: the same ones are the same metric. */
const named = (dimensions: readonly Dimension[] = []) => JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).sort())
const dimensionsOf = (text = '[]'): Dimension[] => (JSON.parse(text) as [string, string][]).map(([Name, Value]) => ({ Name, Value }))

export function openMetrics({ store, clock }: { readonly store: Store; readonly clock: Clock }): { readonly sink: MetricSink; readonly operations: Pick<CloudWatch, 'PutMetricData' | 'ListMetrics' | 'GetMetricStatistics'> } {
  const minutes = store.table<Minute>('cloudwatch_minutes')
  const count = (namespace: string, { MetricName = '', Dimensions, Value = 0, Unit = 'None', Timestamp = clock.now() }: MetricDatum) => {
    const at = new Date(Math.floor(Timestamp.getTime() / MINUTE_MS) * MINUTE_MS)
    const key = keyOf(namespace, MetricName, named(Dimensions), at.toISOString())
    const known = minutes.get(key)
    minutes.put(key, { sum: (known?.sum ?? 0) + Value, samples: (known?.samples ?? 0) + 1, least: Math.min(known?.least ?? Value, Value), most: Math.max(known?.most ?? Value, Value), unit: Unit })
  }
  return {
    sink: { count: ({ namespace, name, value, unit, at }) => count(namespace, { MetricName: name, Value: value, Unit: unit as NonNullable<MetricDatum['Unit']>, ...(at && { Timestamp: at }) }) }, // the service's own word for it
    operations: {
      PutMetricData({ Namespace = '', MetricData = [] }) {
        refuse(violations(['namespace', Namespace, notShorterThan(1), notLongerThan(255)], ['metricData', MetricData, notLongerThan(1000)]))
        if (/^(AWS\/|:)/.test(Namespace)) throw new AwsError('InvalidParameterValueException', `The value ${Namespace} for parameter Namespace is invalid.`)
        if (MetricData.some(({ Values, StatisticValues }) => Values ?? StatisticValues)) throw new AwsError('InvalidParameterValueException', 'This sandbox takes single values alone.')
        for (const datum of MetricData) count(Namespace, datum)
        return {}
      },
      ListMetrics({ Namespace, MetricName, Dimensions = [], NextToken }) {
        const found = new Map<string, { Namespace: string; MetricName: string; Dimensions: Dimension[] }>()
        for (const [key] of minutes.all(Namespace === undefined ? '' : prefixOf(Namespace))) {
          const [namespace = '', name = '', dimensions] = partsOf(key)
          found.set(keyOf(namespace, name, dimensions ?? ''), { Namespace: namespace, MetricName: name, Dimensions: dimensionsOf(dimensions) })
        }
        const wanted = [...found].filter(([, each]) => (MetricName === undefined || each.MetricName === MetricName) && Dimensions.every(({ Name, Value }) => each.Dimensions.some((own) => own.Name === Name && (Value === undefined || own.Value === Value))))
        const { items, nextToken } = pageOfList(wanted, { keyOf: ([key]) => key, token: NextToken, size: { asked: undefined, usual: 500, most: 500 }, invalid: () => new AwsError('InvalidParameterValueException', 'The next token is not valid.') })
        return { Metrics: items.map(([, each]) => each), NextToken: nextToken }
      },
      GetMetricStatistics({ Namespace = '', MetricName = '', Dimensions, StartTime, EndTime, Period = 60, Statistics = [] }) {
        refuse(violations(['period', Period, atLeast(60)]))
        const [from, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0]
        if (Period % 60 !== 0 || from >= to) throw new AwsError('InvalidParameterValueException', 'The period must be a multiple of 60, and the start before the end.')
        if ((to - from) / 1000 / Period > MOST_DATAPOINTS) throw new AwsError('InvalidParameterCombinationException', `You have requested up to ${Math.ceil((to - from) / 1000 / Period)} datapoints, which exceeds the limit of ${MOST_DATAPOINTS}.`)
        const periods = Map.groupBy(
          minutes.all(prefixOf(Namespace, MetricName, named(Dimensions))).map(([key, minute]) => ({ at: Date.parse(partsOf(key)[3] ?? ''), minute })).filter(({ at }) => at >= from && at < to),
          ({ at }) => Math.floor(at / (Period * 1000)) * Period * 1000,
        )
        return { Label: MetricName, Datapoints: [...periods].map(([at, parts]) => datapoint(new Date(at), parts.map(({ minute }) => minute), Statistics)) }
      },
    },
  }
}

function datapoint(Timestamp: Date, minutes: readonly Minute[], wanted: readonly Statistic[]): Datapoint {
  const [Sum, SampleCount] = [minutes.reduce((all, { sum }) => all + sum, 0), minutes.reduce((all, { samples }) => all + samples, 0)]
  const all: Record<Statistic, number> = { Sum, SampleCount, Average: Sum / SampleCount, Minimum: Math.min(...minutes.map(({ least }) => least)), Maximum: Math.max(...minutes.map(({ most }) => most)) }
  return { Timestamp, ...Object.fromEntries(wanted.map((statistic) => [statistic, all[statistic]])), Unit: minutes[0]?.unit as NonNullable<Datapoint['Unit']> } // what was put is what is shown
}

function refuse(message: string | undefined): void {
  if (message !== undefined) throw new AwsError('InvalidParameterValueException', message)
}
