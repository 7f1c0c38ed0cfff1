// infra/src/oversight/alarm.ts: an alarm of the fleet: on a sum of five minutes, told when it begins and when it is over.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Alarm } from '@pulumi/aws-native/cloudwatch/alarm.js'
import type * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'

/** What is measured, and by whom: a namespace and name of CloudWatch. */
export interface Metric {
  readonly namespace: string
  readonly metricName: string
  readonly dimensions?: readonly { readonly name: string; readonly value: string }[]
}

export interface FleetAlarmArgs {
  readonly stage: Stage
  /** Last part of its name. */
  readonly what: string
  readonly metric: Metric
  /** What it means, for whoever is woken by it. */
  readonly means: string
  /** So much in five minutes is enough. Default: 1. */
  readonly atLeast?: number
  /** Default: Sum. Of a level, such as the length of a queue: Maximum. */
  readonly statistic?: 'Sum' | 'Maximum'
}

const FIVE_MINUTES = 300

/** Nothing counted is nothing wrong. */
export function fleetAlarm(name: string, { stage, what, metric: { dimensions, ...metric }, means, atLeast = 1, statistic = 'Sum' }: FleetAlarmArgs, parent: pulumi.Resource): Alarm {
  const told = [fleetArns(stage).alarmTopic]
  return new Alarm(
    name,
    {
      ...metric,
      ...(dimensions && { dimensions: [...dimensions] }),
      alarmName: `${fleetNames(stage).thingGroup}-${what}`,
      alarmDescription: means,
      statistic,
      period: FIVE_MINUTES,
      evaluationPeriods: 1,
      threshold: atLeast,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: told,
      okActions: told,
    },
    { parent },
  )
}
