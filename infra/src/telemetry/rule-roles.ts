// infra/src/telemetry/rule-roles.ts: what the rules of telemetry and of alarms may do: write to their own tables, and tell.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import type { Role } from '@pulumi/aws-native/iam/role.js'
import type * as pulumi from '@pulumi/pulumi'
import { arn, fleetArns } from '../arn.ts'
import { allow, type Grant, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'

export function telemetryRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  const { telemetryRule, telemetryTable, lastStateTable, telemetryLogGroup } = fleetNames(stage)
  const { table, telemetryStream, logGroup } = fleetArns(stage)
  return ruleRole(name, { stage, rules: telemetryRule }, [
    { sid: 'StoreTelemetry', actions: ['dynamodb:PutItem'], resources: [table(telemetryTable), table(lastStateTable)] },
    { sid: 'ArchiveTelemetry', actions: ['firehose:PutRecord'], resources: [telemetryStream] },
    {
      sid: 'WriteTelemetry',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`${logGroup(telemetryLogGroup)}:*`],
      because: 'AWS IoT names the streams of these groups.',
    },
  ], parent)
}

export function alarmRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  const { alarmRule, alarmsTable } = fleetNames(stage)
  const { table, alarmTopic } = fleetArns(stage)
  return ruleRole(name, { stage, rules: alarmRule.replace(/alarm$/, '*') }, [
    { sid: 'StoreAlarms', actions: ['dynamodb:PutItem'], resources: [table(alarmsTable)] },
    { sid: 'TellAlarms', actions: ['sns:Publish'], resources: [alarmTopic] },
  ], parent)
}

/**
 * To ask whose a thing is. That role is named in a statement and not in an action: AWS does not say that the rule's ARN comes with such a
 * question, so it is bound to the account.
 */
export function registryRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  const trusted = trust('iot.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId } })
  return boundedRole(name, { stage, trusted, may: { 'read-registry': allow({ sid: 'AskWhoseItIs', actions: ['iot:DescribeThing'], resources: [arn('iot', stage, 'thing/*')], because: 'Devices are known at run time only.' }) } }, parent)
}

/** `rules`: name of the rule, or what the names of several have in common. */
function ruleRole(name: string, { stage, rules }: { readonly stage: Stage; readonly rules: string }, grants: readonly Grant[], parent: pulumi.Resource): Role {
  const trusted = trust('iot.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId }, ArnLike: { 'aws:SourceArn': arn('iot', stage, `rule/${rules}`) } })
  const undone: Grant = { sid: 'LeaveUndone', actions: ['sqs:SendMessage'], resources: [fleetArns(stage).telemetryDeadLetters] }
  return boundedRole(name, { stage, trusted, may: { 'write-telemetry': allow(...grants, undone) } }, parent)
}
