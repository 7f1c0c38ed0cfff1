// sandbox/src/cloud/sns/sns.ts: Amazon SNS: topics whose messages go to functions, queues and mail addresses.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import { resourcePolicies } from '../iam/resource-policy.ts'
import type { CloudLog } from '../log.ts'
import type { SendMail } from '../outbox.ts'
import type { FunctionInvoker, QueueSink, TopicPublisher } from '../ports.ts'
import type { Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { confirming } from './confirmation.ts'
import { delivery } from './delivery.ts'
import { publishing } from './publish-operations.ts'
import { subscriptionOperations } from './subscription-operations.ts'
import { defaultPolicy, topicOperations } from './topic-operations.ts'
import { topicsIn } from './topic-records.ts'

export interface SnsOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly log: CloudLog
  readonly functions: Pick<FunctionInvoker, 'invokeLater'>
  readonly queues: QueueSink
  readonly sendMail: SendMail
}

export interface Sns {
  readonly service: Service
  readonly publisher: TopicPublisher
}

export function openSns({ account, store, clock, ...options }: SnsOptions): Sns {
  const topics = topicsIn({ store, account, clock })
  const policies = resourcePolicies((arn) => {
    const topic = topics.find(arn)
    return topic && (topic.attributes['Policy'] ?? defaultPolicy(account, topic.name))
  })
  const { operations: publish, publisher } = publishing({ account, clock, topics, deliver: delivery({ account, ...options }) })
  const confirmation = confirming({ account, clock, topics, sendMail: options.sendMail })
  const subscribing = subscriptionOperations({ account, clock, topics, ask: (subscription) => confirmation.ask(subscription) })
  const operations = { ...topicOperations({ account, topics }), ...subscribing, ...confirmation.operations, ...publish }
  return { publisher, service: { model: 'sns', operations, grants: grantsOf(Object.keys(operations)), resourcePolicy: policies.decide } }
}

interface Named {
  readonly TopicArn?: string
  readonly TargetArn?: string
  readonly ResourceArn?: string
  readonly SubscriptionArn?: string
  readonly Name?: string
}

/** All on the topic (service authorization reference, «Amazon SNS»). */
const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(names.map((name) => [name, (input: Named, account: Account) => ({ action: `sns:${name === 'PublishBatch' ? 'Publish' : name}`, resources: [resourceOf(input, account)] })]))

function resourceOf({ TopicArn, TargetArn, ResourceArn, SubscriptionArn, Name }: Named, { region, accountId }: Account): string {
  if (Name !== undefined) return `arn:aws:sns:${region}:${accountId}:${Name}`
  return TopicArn ?? TargetArn ?? ResourceArn ?? SubscriptionArn?.split(':').slice(0, 6).join(':') ?? '*'
}
