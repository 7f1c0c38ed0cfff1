// sandbox/src/cloud/sns/subscription-operations.ts: SNS's operations on subscriptions of functions and queues (API reference).
import { randomUUID } from 'node:crypto'
import type { Subscription } from '@aws-sdk/client-sns'
import type { Account } from '../account.ts'
import type { OperationsOf } from '../service.ts'
import { keyOf } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'
import { invalidParameter, notOffered, type Protocol, subscriptionArn, type SubscriptionRecord, topicArn, type Topics } from './topic-records.ts'

type Sns = OperationsOf<typeof import('@aws-sdk/client-sns')>

const PAGE = { asked: undefined, usual: 100, most: 100 }
const ENDPOINTS: Readonly<Record<Protocol, RegExp>> = { lambda: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/, sqs: /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/ }
const KNOWN_PROTOCOLS = ['http', 'https', 'email', 'email-json', 'sms', 'application', 'firehose']

export function subscriptionOperations({ account, topics }: { readonly account: Account; readonly topics: Topics }) {
  const put = (subscription: SubscriptionRecord) => topics.subscriptions.put(keyOf(subscription.topicName, subscription.id), subscription)
  const listed = (subscriptions: readonly SubscriptionRecord[], NextToken: string | undefined) => {
    const { items, nextToken } = pageOfList(subscriptions, { keyOf: ({ topicName, id }) => keyOf(topicName, id), token: NextToken, size: PAGE, invalid: () => invalidParameter('NextToken') })
    return { Subscriptions: items.map((subscription) => shown(subscription, account)), NextToken: nextToken }
  }
  return {
    /** Functions and queues of the same account are confirmed at once. The same endpoint again is the same subscription. */
    Subscribe({ TopicArn, Protocol: asked = '', Endpoint: endpoint = '', Attributes = {} }) {
      const { name: topicName } = topics.at(TopicArn)
      const protocol = checkedProtocol(asked)
      if (!ENDPOINTS[protocol].test(endpoint)) throw invalidParameter(protocol === 'lambda' ? 'Lambda endpoint ARN' : 'SQS endpoint ARN')
      const attributes = Object.entries(Attributes).reduce((set, [key, value]) => withAttribute(set, key, value), {})
      const known = topics.of(topicName).find((other) => other.protocol === protocol && other.endpoint === endpoint)
      if (known && Object.entries(attributes).some(([key, value]) => known.attributes[key] !== value)) throw invalidParameter('Attributes', 'Subscription already exists with different attributes')
      const subscription = known ?? { topicName, id: randomUUID(), protocol, endpoint, attributes }
      if (!known) put(subscription)
      return { SubscriptionArn: subscriptionArn(account, subscription) }
    },
    /** Succeeds also for a subscription that is not there. */
    Unsubscribe({ SubscriptionArn }) {
      const [topicName = '', id = ''] = (SubscriptionArn ?? '').split(':').slice(-2)
      if (id === '') throw invalidParameter('SubscriptionArn')
      topics.subscriptions.delete(keyOf(topicName, id))
      return {}
    },
    ListSubscriptions: ({ NextToken }) => listed(topics.subscriptions.all().map(([, subscription]) => subscription), NextToken),
    ListSubscriptionsByTopic: ({ TopicArn, NextToken }) => listed(topics.of(topics.at(TopicArn).name), NextToken),
    GetSubscriptionAttributes({ SubscriptionArn }) {
      const subscription = topics.subscription(SubscriptionArn)
      const common = { RawMessageDelivery: 'false', PendingConfirmation: 'false', ConfirmationWasAuthenticated: 'true', ...subscription.attributes }
      const { SubscriptionArn: ownArn = '', TopicArn = '', Owner = '', Protocol = '', Endpoint = '' } = shown(subscription, account)
      return { Attributes: { ...common, SubscriptionArn: ownArn, TopicArn, Owner, Protocol, Endpoint } }
    },
    SetSubscriptionAttributes({ SubscriptionArn, AttributeName = '', AttributeValue = '' }) {
      const subscription = topics.subscription(SubscriptionArn)
      put({ ...subscription, attributes: withAttribute(subscription.attributes, AttributeName, AttributeValue) })
      return {}
    },
  } satisfies Sns
}

const shown = (subscription: SubscriptionRecord, account: Account): Subscription => ({
  SubscriptionArn: subscriptionArn(account, subscription),
  TopicArn: topicArn(account, subscription.topicName),
  Owner: account.accountId,
  Protocol: subscription.protocol,
  Endpoint: subscription.endpoint,
})

function checkedProtocol(protocol: string): Protocol {
  if (protocol === 'lambda' || protocol === 'sqs') return protocol
  throw KNOWN_PROTOCOLS.includes(protocol) ? notOffered(`the protocol ${protocol} (it delivers to lambda and sqs)`) : invalidParameter('Amazon SNS does not support this protocol string', protocol)
}

function withAttribute(before: Readonly<Record<string, string>>, name: string, value: string): Readonly<Record<string, string>> {
  const { [name]: _before, ...others } = before
  if (['FilterPolicy', 'FilterPolicyScope', 'DeliveryPolicy', 'SubscriptionRoleArn', 'ReplayPolicy'].includes(name)) throw notOffered(name)
  if (name !== 'RawMessageDelivery' && name !== 'RedrivePolicy') throw invalidParameter('AttributeName')
  if (value === '') return others
  if (name === 'RawMessageDelivery' && !['true', 'false'].includes(value)) throw invalidParameter('Attributes', 'RawMessageDelivery: Invalid value. Must be true or false.')
  if (name === 'RedrivePolicy') deadLetterQueueOf({ [name]: value })
  return { ...others, [name]: value }
}

/** SNS developer guide, «Dead-letter queues»: `{"deadLetterTargetArn": "arn:aws:sqs:…"}`. */
export function deadLetterQueueOf({ RedrivePolicy }: Readonly<Record<string, string>>): string | undefined {
  if (RedrivePolicy === undefined) return undefined
  const { deadLetterTargetArn } = jsonObject(RedrivePolicy)
  if (typeof deadLetterTargetArn !== 'string' || !ENDPOINTS.sqs.test(deadLetterTargetArn)) throw invalidParameter('RedrivePolicy', 'deadLetterTargetArn must be the ARN of an SQS queue')
  return deadLetterTargetArn
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // said below
  }
  throw invalidParameter('RedrivePolicy', 'failed to parse JSON.')
}
