// infra/src/telemetry/telemetry.ts: keeps what devices report: a rule that they publish to directly, and the log groups it writes.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { telemetry } from '@fleet/contract/topics'
import type { Role } from '@pulumi/aws-native/iam/role.js'
import { TopicRule } from '@pulumi/aws-native/iot/topicRule.js'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
import * as pulumi from '@pulumi/pulumi'
import { arn, fleetArns } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'
import { telemetrySql } from './telemetry-sql.ts'

export class Telemetry extends pulumi.ComponentResource {
  readonly ruleName: pulumi.Output<string>

  constructor(name: string, stage: Stage, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:telemetry:Telemetry', name, {}, opts)
    const { telemetryRule, telemetryLogGroup, telemetryErrorLogGroup } = fleetNames(stage)
    const logGroup = (part: string, logGroupName: string) => new LogGroup(`${name}-${part}`, { logGroupName, retentionInDays: stage.logRetentionDays }, { parent: this })
    const logGroups = [logGroup('events', telemetryLogGroup), logGroup('errors', telemetryErrorLogGroup)]
    const roleArn = ruleRole(`${name}-role`, { stage, groups: [telemetryLogGroup, telemetryErrorLogGroup] }, this).arn
    const rule = new TopicRule(
      `${name}-rule`,
      {
        ruleName: telemetryRule,
        topicRulePayload: {
          description: 'What components report, by basic ingest: no charge for messages.',
          awsIotSqlVersion: '2016-03-23',
          sql: telemetrySql(Object.values(telemetry)),
          actions: [{ cloudwatchLogs: { logGroupName: telemetryLogGroup, roleArn } }],
          errorAction: { cloudwatchLogs: { logGroupName: telemetryErrorLogGroup, roleArn } },
          ruleDisabled: false,
        },
      },
      { parent: this, dependsOn: logGroups },
    )
    this.ruleName = rule.id
    this.registerOutputs({ ruleName: this.ruleName })
  }
}

function ruleRole(name: string, { stage, groups }: { readonly stage: Stage; readonly groups: readonly string[] }, parent: pulumi.Resource): Role {
  const trusted = trust('iot.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': stage.accountId },
    ArnLike: { 'aws:SourceArn': arn('iot', stage, `rule/${fleetNames(stage).telemetryRule}`) },
  })
  const writeTelemetry = allow({
    sid: 'WriteTelemetry',
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: groups.map((group) => `${fleetArns(stage).logGroup(group)}:*`),
    because: 'AWS IoT names the streams of these groups.',
  })
  return boundedRole(name, { stage, trusted, may: { 'write-telemetry': writeTelemetry } }, parent)
}
