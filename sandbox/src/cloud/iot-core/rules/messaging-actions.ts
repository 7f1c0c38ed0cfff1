// sandbox/src/cloud/iot-core/rules/messaging-actions.ts: what a rule selected goes to a topic of SNS, or to a queue (AWS IoT guide, «SNS», «SQS»).
import type { SnsAction, SqsAction } from '@aws-sdk/client-iot'
import { arn } from '../../account.ts'
import type { Sent } from '../../ports.ts'
import { invalidRequest } from '../registry/errors.ts'
import type { ActionOwner, ActionServices } from './action-services.ts'
import { ActionFailed, payloadOf, type RuleAction } from './rule-action.ts'

export function snsAction({ targetArn = '', roleArn = '', messageFormat = 'RAW' }: SnsAction, { ruleArn }: ActionOwner, { roles, topics }: ActionServices): RuleAction {
  return {
    name: 'SnsAction',
    resources: () => ({ TargetArn: targetArn }),
    run(output) {
      roles.require(roleArn, { ruleArn, actions: ['sns:Publish'], resource: targetArn })
      const message = Buffer.from(payloadOf(output)).toString('utf8')
      refuse(topics.publish({ topicArn: targetArn, message, ...(messageFormat === 'JSON' ? { structure: 'json' as const } : {}) }))
    },
  }
}

export function sqsAction({ queueUrl = '', roleArn = '', useBase64 = false }: SqsAction, { ruleArn }: ActionOwner, { account, roles, queues }: ActionServices): RuleAction {
  const [, name] = new RegExp(`/${account.accountId}/([\\w-]+)$`).exec(queueUrl) ?? []
  if (name === undefined) throw invalidRequest(`The queueUrl ${queueUrl} names no queue of this account.`)
  const queueArn = arn('sqs', account, name)
  return {
    name: 'SqsAction',
    resources: () => ({ QueueUrl: queueUrl }),
    run(output) {
      roles.require(roleArn, { ruleArn, actions: ['sqs:SendMessage'], resource: queueArn })
      refuse(queues.send({ queueArn, body: Buffer.from(payloadOf(output)).toString(useBase64 ? 'base64' : 'utf8'), senderId: 'iot.amazonaws.com' }))
    },
  }
}

function refuse(sent: Sent): void {
  if (sent.kind === 'refused') throw new ActionFailed(`The message was not taken: ${sent.why}`)
}
