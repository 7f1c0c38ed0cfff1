// sandbox/src/cloud/cloudwatch/cloudwatch.test.ts: metrics are added up as they were put, log lines count, and dashboards are kept.
import { CloudWatchClient, DeleteDashboardsCommand, GetDashboardCommand, GetMetricStatisticsCommand, ListDashboardsCommand, ListMetricsCommand, PutDashboardCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { openStore } from '../store/store.ts'
import { ACCOUNT, openTestGateway } from '../wire/testing.ts'
import { openCloudWatch } from './cloudwatch.ts'
import { countingEmbedded } from './embedded-metrics.ts'

const NOW = new Date('2026-11-21T10:00:30Z')

async function cloudwatch() {
  const { service, metrics } = openCloudWatch({ account: ACCOUNT, store: openStore(':memory:'), clock: { now: () => NOW, advance: () => undefined } })
  const gateway = await openTestGateway({ services: [service] })
  const client = new CloudWatchClient(gateway.client())
  const sums = async (MetricName: string, Dimensions: { Name: string; Value: string }[] = []) =>
    (await client.send(new GetMetricStatisticsCommand({ Namespace: 'Fleet', MetricName, Dimensions, StartTime: new Date('2026-11-21T09:00:00Z'), EndTime: new Date('2026-11-21T11:00:00Z'), Period: 300, Statistics: ['Sum', 'Maximum', 'Average'] }))).Datapoints
  return { client, metrics, sums }
}

test('values of five minutes are one datapoint; dimensions in any order are the same metric', async () => {
  const { client, sums } = await cloudwatch()
  const put = (Value: number, Timestamp: Date, Dimensions: { Name: string; Value: string }[] = []) => client.send(new PutMetricDataCommand({ Namespace: 'Fleet', MetricData: [{ MetricName: 'Refused', Value, Timestamp, Unit: 'Count', Dimensions }] }))
  await put(1, new Date('2026-11-21T10:00:10Z'))
  await put(3, new Date('2026-11-21T10:04:59Z'))
  await put(5, new Date('2026-11-21T10:05:00Z'))
  const [a, b] = [{ Name: 'a', Value: '1' }, { Name: 'b', Value: '2' }]
  await put(7, NOW, [a, b])
  expect(await sums('Refused')).toEqual([
    { Timestamp: new Date('2026-11-21T10:00:00Z'), Sum: 4, Maximum: 3, Average: 2, Unit: 'Count' },
    { Timestamp: new Date('2026-11-21T10:05:00Z'), Sum: 5, Maximum: 5, Average: 5, Unit: 'Count' },
  ])
  expect(await sums('Refused', [b, a])).toMatchObject([{ Sum: 7 }])
  expect((await client.send(new ListMetricsCommand({ Namespace: 'Fleet' }))).Metrics).toHaveLength(2)
  expect((await client.send(new ListMetricsCommand({ Namespace: 'Flee' }))).Metrics).toEqual([])
})

test("AWS's own namespaces, and odd periods, are refused", async () => {
  const { client } = await cloudwatch()
  await expect(client.send(new PutMetricDataCommand({ Namespace: 'AWS/IoT', MetricData: [{ MetricName: 'x', Value: 1 }] }))).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  await expect(client.send(new GetMetricStatisticsCommand({ Namespace: 'Fleet', MetricName: 'x', StartTime: new Date(0), EndTime: NOW, Period: 60, Statistics: ['Sum'] }))).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' })
})

test('a log line in the embedded format counts and is kept; a broken one is only kept', async () => {
  const { metrics, sums } = await cloudwatch()
  const kept: string[] = []
  const logs = countingEmbedded({ append: (_group, _stream, messages) => void kept.push(...messages) }, metrics)
  const line = { event: 'device refused', Refused: 1, _aws: { Timestamp: NOW.getTime(), CloudWatchMetrics: [{ Namespace: 'Fleet', Dimensions: [[]], Metrics: [{ Name: 'Refused', Unit: 'Count' }] }] } }
  logs.append('g', 's', [JSON.stringify(line), '{"_aws', JSON.stringify({ ...line, Refused: 'one' }), 'no JSON at all'])
  expect(kept).toHaveLength(4)
  expect(await sums('Refused')).toMatchObject([{ Sum: 1, Unit: 'Count' }])
})

test('a dashboard is shown as it was written; what is no dashboard is refused; none or all are deleted', async () => {
  const { client } = await cloudwatch()
  const body = '{"widgets":[]}'
  await client.send(new PutDashboardCommand({ DashboardName: 'fleet-dev', DashboardBody: body }))
  expect(await client.send(new GetDashboardCommand({ DashboardName: 'fleet-dev' }))).toMatchObject({ DashboardBody: body, DashboardArn: `arn:aws:cloudwatch::${ACCOUNT.accountId}:dashboard/fleet-dev` })
  for (const bad of ['[]', 'text', '{}']) await expect(client.send(new PutDashboardCommand({ DashboardName: 'other', DashboardBody: bad }))).rejects.toMatchObject({ name: 'DashboardInvalidInputError' })
  await expect(client.send(new DeleteDashboardsCommand({ DashboardNames: ['fleet-dev', 'other'] }))).rejects.toMatchObject({ name: 'ResourceNotFound' })
  expect((await client.send(new ListDashboardsCommand({}))).DashboardEntries).toMatchObject([{ DashboardName: 'fleet-dev', Size: body.length }])
  await client.send(new DeleteDashboardsCommand({ DashboardNames: ['fleet-dev'] }))
  await expect(client.send(new GetDashboardCommand({ DashboardName: 'fleet-dev' }))).rejects.toThrow()
})
