// infra/src/telemetry/telemetry.ts: keeps what devices report: a month to look at, a year as files; and tells of their alarms.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
import { Queue } from '@pulumi/aws-native/sqs/queue.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetAlarm } from '../oversight/alarm.ts'
import { queueMetric } from '../oversight/metrics.ts'
import { telemetryArchive } from './archive.ts'
import { telemetryRules } from './rules.ts'
import { telemetryTables } from './tables.ts'

const TWO_WEEKS = 1_209_600

export class Telemetry extends pulumi.ComponentResource {
  readonly ruleName: pulumi.Output<string>

  constructor(name: string, stage: Stage, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:telemetry:Telemetry', name, {}, opts)
    const { telemetryLogGroup, telemetryDeadLetters } = fleetNames(stage)
    const events = new LogGroup(`${name}-events`, { logGroupName: telemetryLogGroup, retentionInDays: stage.logRetentionDays }, { parent: this })
    const deadLetters = new Queue(`${name}-dead-letters`, { queueName: telemetryDeadLetters, messageRetentionPeriod: TWO_WEEKS, sqsManagedSseEnabled: true }, { parent: this })
    const stored = [events, ...telemetryTables(name, stage, this), telemetryArchive(`${name}-archive`, stage, this)]
    const rule = telemetryRules(name, { stage, deadLetters, dependsOn: stored }, this)
    fleetAlarm(
      `${name}-undone`,
      { stage, what: 'telemetry-undone', metric: queueMetric(telemetryDeadLetters, 'ApproximateNumberOfMessagesVisible'), statistic: 'Maximum', means: 'Telemetry or an alarm could not be stored; it is in the queue of dead letters, with the reason (docs/runbooks/telemetry.md).' },
      this,
    )
    this.ruleName = rule.id
    this.registerOutputs({ ruleName: this.ruleName })
  }
}
