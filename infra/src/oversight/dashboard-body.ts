// infra/src/oversight/dashboard-body.ts: the dashboard of a stage, in the order of a device's life: joins, connects, is deployed to, reports, rotates.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import type { Metric } from './alarm.ts'
import { brokerMetric, functionMetric, ownMetric, queueMetric, ruleMetric } from './metrics.ts'

/** CloudWatch API reference, «Dashboard body structure and syntax»: a grid of 24 columns. */
const [WIDTH, HEIGHT] = [8, 6]
const COLUMNS = 3

export function dashboardBody(stage: Stage): string {
  const names = fleetNames(stage)
  const graphs: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
    ['Admission', [functionMetric(names.admissionHook, 'Invocations'), functionMetric(names.admissionHook, 'Errors'), ownMetric(stage, 'DevicesRefused')]],
    ['Connections (of the account)', [brokerMetric('Connect.Success'), brokerMetric('Connect.AuthError'), brokerMetric('Connect.ClientError')]],
    ['Deployments that failed on a device', [ownMetric(stage, 'DeploymentsFailed')]],
    ['Telemetry', [ruleMetric(names.telemetryRule, 'TopicMatch'), ruleMetric(names.telemetryRule, 'Failure')]],
    ['Rotation', [ownMetric(stage, 'RotationsFinished'), ownMetric(stage, 'RotationsFailed'), ownMetric(stage, 'SigningsRefused'), ownMetric(stage, 'OutcomesRefused')]],
    ['Rotation: functions and dead letters', [...(['start', 'sign', 'finish'] as const).map((part) => functionMetric(names.rotationFunction(part), 'Errors')), queueMetric(names.rotationDeadLetters, 'ApproximateNumberOfMessagesVisible')]],
  ]
  const widgets = graphs.map(([title, metrics], index) => ({
    type: 'metric',
    ...{ x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, width: WIDTH, height: HEIGHT },
    properties: { title, region: stage.region, view: 'timeSeries', stat: 'Sum', period: 300, metrics: metrics.map(row) },
  }))
  return JSON.stringify({ widgets })
}

/** `[namespace, name, dimension, value, …]` */
const row = ({ namespace, metricName, dimensions = [] }: Metric): string[] => [namespace, metricName, ...dimensions.flatMap(({ name, value }) => [name, value])]
