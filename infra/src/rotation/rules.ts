// infra/src/rotation/rules.ts: which message goes to which function, and which goes straight back.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { rotation } from '@fleet/contract/topics'
import type { Role } from '@pulumi/aws-native/iam/role.js'
import { TopicRule, type TopicRuleArgs } from '@pulumi/aws-native/iot/topicRule.js'
import type { Function } from '@pulumi/aws-native/lambda/function.js'
import { Permission } from '@pulumi/aws-native/lambda/permission.js'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
import type * as pulumi from '@pulumi/pulumi'
import { arn, fleetArns } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'
import { provenTopic, rotationSql } from './rules-sql.ts'

export interface RotationRulesArgs {
  readonly stage: Stage
  readonly sign: Function
  readonly finish: Function
}

type Actions = Exclude<Awaited<TopicRuleArgs['topicRulePayload']>, undefined> extends pulumi.Input<infer Payload> ? (Payload extends { actions: infer A } ? A : never) : never

export function rotationRules(name: string, { stage, sign, finish }: RotationRulesArgs, parent: pulumi.Resource): void {
  const names = fleetNames(stage)
  const logGroup = new LogGroup(`${name}-errors`, { logGroupName: names.rotationErrorLogGroup, retentionInDays: stage.logRetentionDays }, { parent })
  const role = ruleRole(`${name}-role`, stage, parent)
  const rule = (part: keyof typeof rotationSql, description: string, actions: Actions, dependsOn: readonly pulumi.Resource[] = []) =>
    new TopicRule(
      `${name}-${part}`,
      {
        ruleName: names.rotationRule(part),
        topicRulePayload: {
          description,
          awsIotSqlVersion: '2016-03-23',
          sql: rotationSql[part],
          actions,
          errorAction: { cloudwatchLogs: { logGroupName: names.rotationErrorLogGroup, roleArn: role.arn } },
          ruleDisabled: false,
        },
      },
      { parent, dependsOn: [logGroup, ...dependsOn] },
    )
  const calls = (part: keyof typeof rotationSql, target: Function, description: string) =>
    rule(part, description, [{ lambda: { functionArn: target.arn } }], [mayCall(`${name}-${part}-caller`, { stage, part, target }, parent)])
  calls('csr', sign, 'A device asks to have its new key signed.')
  calls('outcome', finish, 'A device says which certificate is in charge, over that certificate.')
  calls('ended', finish, 'A rotation job has ended, whatever ended it.')
  rule('prove', 'Tells a device which certificate its connection was made with.', [{ republish: { topic: provenTopic, qos: 1, roleArn: role.arn } }])
}

function mayCall(name: string, { stage, part, target }: { readonly stage: Stage; readonly part: keyof typeof rotationSql; readonly target: Function }, parent: pulumi.Resource): Permission {
  const sourceArn = arn('iot', stage, `rule/${fleetNames(stage).rotationRule(part)}`)
  return new Permission(name, { action: 'lambda:InvokeFunction', functionName: target.arn, principal: 'iot.amazonaws.com', sourceArn, sourceAccount: stage.accountId }, { parent })
}

function ruleRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  const names = fleetNames(stage)
  const trusted = trust('iot.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': stage.accountId },
    ArnLike: { 'aws:SourceArn': arn('iot', stage, `rule/${names.rotationRule('prove').replace(/prove$/, '*')}`) },
  })
  const rules = allow(
    { sid: 'TellWhoAsks', actions: ['iot:Publish'], resources: [arn('iot', stage, `topic/${rotation.proven.of('*')}`)], because: 'The topic is that of the device which asks.' },
    { sid: 'WriteErrors', actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], resources: [`${fleetArns(stage).logGroup(names.rotationErrorLogGroup)}:*`], because: 'AWS IoT names the streams of this group.' },
  )
  return boundedRole(name, { stage, trusted, may: { 'rotation-rules': rules } }, parent)
}
