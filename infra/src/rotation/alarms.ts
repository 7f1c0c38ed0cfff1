// infra/src/rotation/alarms.ts: what somebody should look at: refused signings, failed rotations, functions that fail or leave work undone.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import type * as pulumi from '@pulumi/pulumi'
import { fleetAlarm, type Metric } from '../oversight/alarm.ts'
import { functionMetric, ownMetric, queueMetric } from '../oversight/metrics.ts'

/** What to do is in docs/runbooks/rotation.md. */
export function rotationAlarms(name: string, stage: Stage, parent: pulumi.Resource): void {
  const names = fleetNames(stage)
  const alarm = (what: string, metric: Metric, means: string, statistic: 'Sum' | 'Maximum' = 'Sum') => fleetAlarm(`${name}-${what}`, { stage, what: `rotation-${what}`, metric, means, statistic }, parent)
  alarm('signing-refused', ownMetric(stage, 'SigningsRefused'), 'A certificate was asked for and refused: somebody tries to be another device, or a rotation is stuck.')
  alarm('failed', ownMetric(stage, 'RotationsFailed'), 'A device could not take its new certificate and works on with the old one.')
  for (const part of ['start', 'sign', 'finish'] as const) alarm(`${part}-errors`, functionMetric(names.rotationFunction(part), 'Errors'), `rotation/${part} has failed; Lambda tries twice more.`)
  alarm('undone', queueMetric(names.rotationDeadLetters, 'ApproximateNumberOfMessagesVisible'), 'An event was given up after three tries; it is in the queue of dead letters.', 'Maximum')
}
