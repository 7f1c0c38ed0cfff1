// infra/src/rotation/alarms.ts: what somebody should look at: refused signings, failed rotations, functions that fail or leave work undone.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Alarm, type AlarmArgs } from '@pulumi/aws-native/cloudwatch/alarm.js'
import type * as pulumi from '@pulumi/pulumi'
import type { Counter } from './counted.ts'

const FIVE_MINUTES = 300
/** One is enough. Nothing counted is nothing wrong. */
const FIRST_ONE = { statistic: 'Sum', period: FIVE_MINUTES, evaluationPeriods: 1, threshold: 1, comparisonOperator: 'GreaterThanOrEqualToThreshold', treatMissingData: 'notBreaching' } as const

/** What to do is in docs/runbooks/rotation.md; who is told is for the account's owner to add. */
export function rotationAlarms(name: string, stage: Stage, parent: pulumi.Resource): void {
  const names = fleetNames(stage)
  const alarm = (what: string, args: Partial<AlarmArgs> & { readonly alarmDescription: string }) => new Alarm(`${name}-${what}`, { alarmName: `${names.thingGroup}-rotation-${what}`, ...FIRST_ONE, ...args }, { parent })
  const ours = (metricName: Counter) => ({ namespace: names.metrics, metricName })
  alarm('signing-refused', { ...ours('SigningsRefused'), alarmDescription: 'A certificate was asked for and refused: somebody tries to be another device, or a rotation is stuck.' })
  alarm('failed', { ...ours('RotationsFailed'), alarmDescription: 'A device could not take its new certificate and works on with the old one.' })
  for (const part of ['start', 'sign', 'finish'] as const) {
    const dimensions = [{ name: 'FunctionName', value: names.rotationFunction(part) }]
    alarm(`${part}-errors`, { namespace: 'AWS/Lambda', metricName: 'Errors', dimensions, alarmDescription: `rotation/${part} has failed; Lambda tries twice more.` })
  }
  const dimensions = [{ name: 'QueueName', value: names.rotationDeadLetters }]
  alarm('undone', { namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum', dimensions, alarmDescription: 'An event was given up after three tries; it is in the queue of dead letters.' })
}
