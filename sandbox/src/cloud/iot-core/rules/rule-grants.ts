// sandbox/src/cloud/iot-core/rules/rule-grants.ts: which IAM actions an operation on topic rules needs (Service Authorization Reference, «AWS IoT»).
import type { Action, TopicRulePayload } from '@aws-sdk/client-iot'
import type { Account } from '../../account.ts'
import type { Grant, Service } from '../../service.ts'
import { ruleArn } from './rule-record.ts'

interface Input {
  readonly ruleName?: string
  readonly topicRulePayload?: TopicRulePayload
}

const onRule =
  (operation: string) =>
  ({ ruleName = '' }: Input, account: Account): Grant => ({ action: `iot:${operation}`, resources: [ruleArn(account, ruleName)] })

/** Who gives a rule a role must be allowed to pass it to AWS IoT (AWS IoT guide, «Passing role permissions»). */
const andItsRoles =
  (operation: string) =>
  (input: Input, account: Account): readonly Grant[] => {
    const { actions = [], errorAction } = input.topicRulePayload ?? {}
    const roles = new Set([...actions, ...(errorAction ? [errorAction] : [])].flatMap(rolesOf))
    return [onRule(operation)(input, account), ...[...roles].map((role) => ({ action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': 'iot.amazonaws.com' } }))]
  }

const rolesOf = (action: Action): string[] =>
  Object.values(action).flatMap((settings: unknown) => (typeof settings === 'object' && settings !== null && 'roleArn' in settings && typeof settings.roleArn === 'string' ? [settings.roleArn] : []))

/** ListTopicRules is on everything. */
export const RULE_GRANTS: NonNullable<Service['grants']> = {
  CreateTopicRule: andItsRoles('CreateTopicRule'),
  ReplaceTopicRule: andItsRoles('ReplaceTopicRule'),
  GetTopicRule: onRule('GetTopicRule'),
  DeleteTopicRule: onRule('DeleteTopicRule'),
  EnableTopicRule: onRule('EnableTopicRule'),
  DisableTopicRule: onRule('DisableTopicRule'),
}
