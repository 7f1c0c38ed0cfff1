// infra/src/telemetry/rules.ts: which message goes where: telemetry to tables, archive and log, alarms to a table and to whoever listens.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { TELEMETRY_KEYS } from '@fleet/contract/telemetry'
import { alarms, telemetry } from '@fleet/contract/topics'
import { TopicRule, type TopicRuleArgs } from '@pulumi/aws-native/iot/topicRule.js'
import type { Queue } from '@pulumi/aws-native/sqs/queue.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { alarmRole, registryRole, telemetryRole } from './rule-roles.ts'
import { alarmSql, type Presence, presenceSql, telemetrySql } from './telemetry-sql.ts'

type Payload = Exclude<TopicRuleArgs['topicRulePayload'], undefined> extends pulumi.Input<infer P> ? P : never
type Actions = Payload extends { actions: infer A } ? A : never

export interface TelemetryRulesArgs {
  readonly stage: Stage
  /** What no action took comes here, as it was sent. */
  readonly deadLetters: Queue
  readonly dependsOn: readonly pulumi.Resource[]
}

/** @returns the rule that devices publish their telemetry to */
export function telemetryRules(name: string, { stage, deadLetters, dependsOn }: TelemetryRulesArgs, parent: pulumi.Resource): TopicRule {
  const names = fleetNames(stage)
  const { arn: roleArn } = telemetryRole(`${name}-role`, stage, parent)
  const { arn: alarmRoleArn } = alarmRole(`${name}-alarm-role`, stage, parent)
  const { arn: registryRoleArn } = registryRole(`${name}-registry-role`, stage, parent)
  const presence = (which: Presence) => registryRoleArn.apply((roleArn) => presenceSql(which, { fleet: names.thingGroup, registryRoleArn: roleArn }))
  const rule = (part: string, { ruleName, description, sql, actions, by }: { readonly ruleName: string; readonly description: string; readonly sql: pulumi.Input<string>; readonly actions: Actions; readonly by: pulumi.Output<string> }) =>
    new TopicRule(
      `${name}-${part}`,
      { ruleName, topicRulePayload: { description, awsIotSqlVersion: '2016-03-23', sql, actions, errorAction: { sqs: { queueUrl: deadLetters.queueUrl, useBase64: false, roleArn: by } }, ruleDisabled: false } },
      { parent, dependsOn: [...dependsOn] },
    )
  const alarmActions: Actions = [
    { dynamoDBv2: { putItem: { tableName: names.alarmsTable }, roleArn: alarmRoleArn } },
    { sns: { targetArn: fleetArns(stage).alarmTopic, messageFormat: 'RAW', roleArn: alarmRoleArn } },
  ]
  rule('alarm', { ruleName: names.alarmRule, description: 'Alarms that devices raise and clear, by basic ingest.', sql: alarmSql(Object.values(alarms)), actions: alarmActions, by: alarmRoleArn })
  rule('offline', { ruleName: names.presenceRule('offline'), description: 'A device has lost its connection.', sql: presence('offline'), actions: alarmActions, by: alarmRoleArn })
  // Nobody is told that a device is connected: most connections follow no alarm.
  rule('online', { ruleName: names.presenceRule('online'), description: 'A device is connected: its alarm is over.', sql: presence('online'), actions: alarmActions.slice(0, 1), by: alarmRoleArn })
  return rule('rule', { ruleName: names.telemetryRule, description: 'What components report, by basic ingest: no charge for messages.', sql: telemetrySql(Object.values(telemetry), stage.telemetry), actions: telemetryActions(stage, roleArn), by: roleArn })
}

function telemetryActions(stage: Stage, roleArn: pulumi.Output<string>): Actions {
  const names = fleetNames(stage)
  const { hash, range, payload } = TELEMETRY_KEYS.lastState
  const [{ thingLevel, ruleFilter }] = Object.values(telemetry) as [(typeof telemetry)['led']] // telemetrySql: they are alike
  return [
    { dynamoDBv2: { putItem: { tableName: names.telemetryTable }, roleArn } },
    {
      dynamoDb: {
        tableName: names.lastStateTable,
        ...{ hashKeyField: hash, hashKeyType: 'STRING', hashKeyValue: `\${topic(${thingLevel})}` },
        ...{ rangeKeyField: range, rangeKeyType: 'STRING', rangeKeyValue: `\${topic(${ruleFilter.split('/').length})}` },
        payloadField: payload,
        roleArn,
      },
    },
    { firehose: { deliveryStreamName: names.telemetryStream, separator: '\n', roleArn } },
    { cloudwatchLogs: { logGroupName: names.telemetryLogGroup, roleArn } },
  ]
}
