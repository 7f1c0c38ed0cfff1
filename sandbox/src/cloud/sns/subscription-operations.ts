// sandbox/src/cloud/sns/subscription-operations.ts: SNS's operations on subscriptions of functions, queues and mail addresses (API reference).
import { randomUUID } from 'node:crypto'
import type { Subscription } from '@aws-sdk/client-sns'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import { keyOf } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'
import { newConfirmation } from './confirmation.ts'
import { invalidParameter, isPending, notOffered, type Protocol, subscriptionArn, type SubscriptionRecord, topicArn, type Topics } from './topic-records.ts'

type Sns = OperationsOf<typeof import('@aws-sdk/client-sns')>

const PAGE = { asked: undefined, usual: 100, most: 100 }
const MAIL_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/
const ENDPOINTS: Readonly<Record<Protocol, RegExp>> = { email: MAIL_ADDRESS, 'email-json': MAIL_ADDRESS, lambda: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/, sqs: /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/ }
const ENDPOINT_NAMES: Readonly<Record<Protocol, string>> = { email: 'Email address', 'email-json': 'Email address', lambda: 'Lambda endpoint ARN', sqs: 'SQS endpoint ARN' }
const NOT_OFFERED = ['http', 'https', 'sms', 'application', 'firehose']

export interface SubscriptionOptions {
  readonly account: Account
  readonly clock: Clock
  readonly topics: Topics
  /** Asks the owner of an address whether they want it. */
  readonly ask: (subscription: SubscriptionRecord) => void
}

export function subscriptionOperations({ account, clock, topics, ask }: SubscriptionOptions) {
  const listed = (subscriptions: readonly SubscriptionRecord[], NextToken: string | undefined) => {
    const { items, nextToken } = pageOfList(subscriptions, { keyOf: ({ topicName, id }) => keyOf(topicName, id), token: NextToken, size: PAGE, invalid: () => invalidParameter('NextToken') })
    return { Subscriptions: items.map((subscription) => ({ ...shown(subscription, account), ...(isPending(subscription) ? { SubscriptionArn: 'PendingConfirmation' } : {}) })), NextToken: nextToken }
  }
  return {
    /** Functions and queues of the same account are confirmed at once. The same endpoint again is the same subscription. */
    Subscribe({ TopicArn, Protocol: asked = '', Endpoint: endpoint = '', Attributes = {}, ReturnSubscriptionArn = false }) {
      const { name: topicName } = topics.at(TopicArn)
      const protocol = checkedProtocol(asked)
      if (!ENDPOINTS[protocol].test(endpoint)) throw invalidParameter(ENDPOINT_NAMES[protocol])
      const attributes = Object.entries(Attributes).reduce((set, [key, value]) => withAttribute(set, key, value), {})
      const known = topics.of(topicName).find((other) => other.protocol === protocol && other.endpoint === endpoint)
      if (known && Object.entries(attributes).some(([key, value]) => known.attributes[key] !== value)) throw invalidParameter('Attributes', 'Subscription already exists with different attributes')
      const confirmation = ENDPOINTS[protocol] === MAIL_ADDRESS ? newConfirmation(clock) : undefined
      const subscription: SubscriptionRecord = known ?? { topicName, id: randomUUID(), protocol, endpoint, attributes, confirmation }
      if (!known) topics.put(subscription)
      if (isPending(subscription)) ask(subscription)
      return { SubscriptionArn: isPending(subscription) && !ReturnSubscriptionArn ? 'pending confirmation' : subscriptionArn(account, subscription) }
    },
    /** Succeeds also for a subscription that is not there. */
    Unsubscribe({ SubscriptionArn }) {
      const [topicName = '', id = ''] = (SubscriptionArn ?? '').split(':').slice(-2)
      if (id === '') throw invalidParameter('SubscriptionArn')
      const subscription = topics.of(topicName).find((each) => each.id === id)
      if (subscription && isPending(subscription)) throw invalidParameter('SubscriptionArn', 'Cannot unsubscribe a subscription that is pending confirmation')
      if (subscription) topics.remove(subscription)
      return {}
    },
    ListSubscriptions: ({ NextToken }) => listed(topics.all(), NextToken),
    ListSubscriptionsByTopic: ({ TopicArn, NextToken }) => listed(topics.of(topics.at(TopicArn).name), NextToken),
    GetSubscriptionAttributes({ SubscriptionArn }) {
      const subscription = topics.subscription(SubscriptionArn)
      const wasAuthenticated = !subscription.confirmation || subscription.confirmation.wasAuthenticated === true
      const common = { RawMessageDelivery: 'false', PendingConfirmation: String(isPending(subscription)), ConfirmationWasAuthenticated: String(wasAuthenticated), ...subscription.attributes }
      const { SubscriptionArn: ownArn = '', TopicArn = '', Owner = '', Protocol = '', Endpoint = '' } = shown(subscription, account)
      return { Attributes: { ...common, SubscriptionArn: ownArn, TopicArn, Owner, Protocol, Endpoint } }
    },
    SetSubscriptionAttributes({ SubscriptionArn, AttributeName = '', AttributeValue = '' }) {
      const subscription = topics.subscription(SubscriptionArn)
      topics.put({ ...subscription, attributes: withAttribute(subscription.attributes, AttributeName, AttributeValue) })
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
  if (protocol === 'lambda' || protocol === 'sqs' || protocol === 'email' || protocol === 'email-json') return protocol
  throw NOT_OFFERED.includes(protocol) ? notOffered(`the protocol ${protocol} (it delivers to lambda, sqs and email)`) : invalidParameter('Amazon SNS does not support this protocol string', protocol)
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
