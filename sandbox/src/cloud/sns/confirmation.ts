// sandbox/src/cloud/sns/confirmation.ts: who gets mail must say yes to a first one (SNS developer guide, «Email notifications»).
import { randomBytes } from 'node:crypto'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { SendMail } from '../outbox.ts'
import type { OperationsOf } from '../service.ts'
import { invalidParameter, subscriptionArn, type SubscriptionRecord, topicArn, type Topics } from './topic-records.ts'

type Sns = OperationsOf<typeof import('@aws-sdk/client-sns')>
type Confirmation = NonNullable<SubscriptionRecord['confirmation']>

export interface ConfirmationOptions {
  readonly account: Account
  readonly clock: Clock
  readonly topics: Topics
  readonly sendMail: SendMail
}

/** Of a subscription whose owner is not known yet. */
export const newConfirmation = (clock: Clock): Confirmation => ({ token: randomBytes(32).toString('hex'), askedAt: clock.now().toISOString(), isConfirmed: false })

export function confirming({ account, clock, topics, sendMail }: ConfirmationOptions) {
  return {
    /** Also of a subscription that has been asked already: SNS asks again then. */
    ask(subscription: SubscriptionRecord): void {
      const arn = topicArn(account, subscription.topicName)
      const { token = '' } = subscription.confirmation ?? {}
      sendMail({
        ...{ to: subscription.endpoint, at: clock.now(), subject: 'AWS Notification - Subscription Confirmation' },
        text: `You have chosen to subscribe to the topic:\n${arn}\n\nThe sandbox has no page to confirm this on. With the AWS CLI turned to it:\naws sns confirm-subscription --topic-arn ${arn} --token ${token}`,
      })
    },
    operations: {
      /** The same token again is answered in the same way. */
      ConfirmSubscription({ TopicArn, Token, AuthenticateOnUnsubscribe }) {
        const { name } = topics.at(TopicArn)
        const subscription = topics.of(name).find(({ confirmation }) => confirmation !== undefined && confirmation.token === Token)
        if (!subscription?.confirmation) throw invalidParameter('Token')
        const wasAuthenticated = subscription.confirmation.wasAuthenticated ?? AuthenticateOnUnsubscribe === 'true'
        topics.put({ ...subscription, confirmation: { ...subscription.confirmation, isConfirmed: true, wasAuthenticated } })
        return { SubscriptionArn: subscriptionArn(account, subscription) }
      },
    } satisfies Sns,
  }
}
