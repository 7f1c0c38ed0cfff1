// sandbox/src/cloud/sns/delivery.ts: brings a published message to each subscriber; what cannot be delivered goes to the subscription's dead-letter queue.
import type { Account } from '../account.ts'
import type { CloudLog } from '../log.ts'
import type { SendMail } from '../outbox.ts'
import type { FunctionInvoker, QueueSink, Sent } from '../ports.ts'
import { lambdaEvent, notification, type SnsMessage } from './message.ts'
import { deadLetterQueueOf } from './subscription-operations.ts'
import { subscriptionArn, type SubscriptionRecord } from './topic-records.ts'

export interface DeliveryOptions {
  readonly account: Account
  readonly functions: Pick<FunctionInvoker, 'invokeLater'>
  readonly queues: QueueSink
  readonly sendMail: SendMail
  readonly log: CloudLog
}

const SNS = 'sns.amazonaws.com'

/**
 * A function that was deleted, or a policy that does not let SNS in, is a client-side error: not tried again (SNS developer guide,
 * «Message delivery retries»). What Lambda has accepted, it keeps and tries again itself.
 */
export function delivery({ account, functions, queues, sendMail, log }: DeliveryOptions): (message: SnsMessage, subscription: SubscriptionRecord) => void {
  /** A mail without a subject has this one (seen in mails of SNS). */
  const mail = (message: SnsMessage, protocol: 'email' | 'email-json', to: string): Sent => {
    const text = protocol === 'email' ? (message.texts.email ?? message.texts.default) : JSON.stringify(notification(message, 'email-json'), undefined, 2)
    sendMail({ to, subject: message.subject ?? 'AWS Notification Message', text, at: message.at })
    return { kind: 'accepted', messageId: message.messageId }
  }
  const hand = (message: SnsMessage, { protocol, endpoint, attributes }: SubscriptionRecord, ownArn: string) => {
    const caller = { service: SNS, sourceArn: message.topicArn }
    if (protocol === 'email' || protocol === 'email-json') return mail(message, protocol, endpoint)
    if (protocol === 'lambda') return functions.invokeLater({ functionArn: endpoint, payload: lambdaEvent(message, ownArn), caller })
    const isRaw = attributes['RawMessageDelivery'] === 'true'
    const raw = Object.entries(message.attributes).filter(([, { Type }]) => Type !== 'Binary').map(([name, { Type, Value }]) => [name, { DataType: Type === 'Number' ? Type : 'String', StringValue: Value }])
    const body = isRaw ? (message.texts.sqs ?? message.texts.default) : JSON.stringify(notification(message))
    return queues.send({ queueArn: endpoint, body, caller, senderId: SNS, ...(isRaw ? { attributes: Object.fromEntries(raw) as Parameters<QueueSink['send']>[0]['attributes'] & object } : {}) })
  }
  return (message, subscription) => {
    const ownArn = subscriptionArn(account, subscription)
    const handed = hand(message, subscription, ownArn)
    if (handed.kind === 'accepted') return
    const deadLetterQueue = deadLetterQueueOf(subscription.attributes)
    const kept = deadLetterQueue && queues.send({ queueArn: deadLetterQueue, body: JSON.stringify(notification(message)), caller: { service: SNS, sourceArn: message.topicArn }, senderId: SNS })
    log.warn('message of a topic not delivered', { subscription: ownArn, endpoint: subscription.endpoint, why: handed.why, deadLetterQueue: kept ? kept.kind : 'none' })
  }
}
