// sandbox/src/cloud/sns/topic-operations.ts: SNS's operations on topics (API reference).
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { checkedPolicy } from '../iam/resource-policy.ts'
import type { OperationsOf } from '../service.ts'
import { pageOfList } from '../wire/paging.ts'
import { invalidParameter, isPending, notOffered, topicArn, type TopicRecord, type Topics } from './topic-records.ts'

type Sns = OperationsOf<typeof import('@aws-sdk/client-sns')>

/** What can be set on a standard topic here; the rest of the API reference's list is refused. */
const SETTABLE = new Set(['DeliveryPolicy', 'DisplayName', 'Policy', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig'])
const PAGE = { asked: undefined, usual: 100, most: 100 }
const MOST_TAGS = 50

export function topicOperations({ account, topics }: { readonly account: Account; readonly topics: Topics }) {
  const put = (topic: TopicRecord, changes: Partial<TopicRecord>) => {
    topics.records.put(topic.name, { ...topic, ...changes })
    return {}
  }
  const tagged = (resource: string | undefined) => {
    const topic = topics.find(resource ?? '')
    if (!topic) throw new AwsError('ResourceNotFoundException', 'Resource does not exist')
    return topic
  }
  return {
    CreateTopic({ Name: name = '', Attributes = {}, Tags = [] }) {
      if (name.endsWith('.fifo') || Attributes['FifoTopic'] === 'true') throw notOffered('FIFO topics')
      if (!/^[\w-]{1,256}$/.test(name)) throw invalidParameter('Topic Name')
      const attributes = Object.entries(Attributes).reduce((set, [key, value]) => withAttribute(set, key, value), {})
      const tags = checkedTags(Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])))
      const known = topics.records.get(name)
      if (known && Object.entries(attributes).some(([key, value]) => known.attributes[key] !== value)) throw invalidParameter('Attributes', 'Topic already exists with different attributes')
      if (known && Tags.length > 0 && JSON.stringify(known.tags) !== JSON.stringify(tags)) throw invalidParameter('Tags', 'Topic already exists with different tags')
      if (!known) put({ name, attributes, tags }, {})
      return { TopicArn: topicArn(account, name) }
    },
    /** Succeeds also for a topic that is not there. */
    DeleteTopic({ TopicArn = '' }) {
      const { name } = topics.find(TopicArn) ?? {}
      if (name === undefined) return {}
      for (const subscription of topics.of(name)) topics.remove(subscription)
      topics.records.delete(name)
      return {}
    },
    ListTopics({ NextToken }) {
      const { items, nextToken } = pageOfList(topics.records.all(), { keyOf: ([name]) => name, token: NextToken, size: PAGE, invalid: () => invalidParameter('NextToken') })
      return { Topics: items.map(([name]) => ({ TopicArn: topicArn(account, name) })), NextToken: nextToken }
    },
    GetTopicAttributes: ({ TopicArn }) => ({ Attributes: shownAttributes(topics.at(TopicArn), { account, topics }) }),
    SetTopicAttributes({ TopicArn, AttributeName = '', AttributeValue = '' }) {
      const topic = topics.at(TopicArn)
      return put(topic, { attributes: withAttribute(topic.attributes, AttributeName, AttributeValue) })
    },
    TagResource({ ResourceArn, Tags = [] }) {
      const topic = tagged(ResourceArn)
      return put(topic, { tags: checkedTags({ ...topic.tags, ...Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])) }) })
    },
    UntagResource({ ResourceArn, TagKeys = [] }) {
      const topic = tagged(ResourceArn)
      return put(topic, { tags: Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key))) })
    },
    ListTagsForResource: ({ ResourceArn }) => ({ Tags: Object.entries(tagged(ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })) }),
  } satisfies Sns
}

/** An empty value takes it back to its default. */
function withAttribute(before: Readonly<Record<string, string>>, name: string, value: string): Readonly<Record<string, string>> {
  if (!SETTABLE.has(name)) throw invalidParameter('AttributeName')
  const { [name]: _before, ...others } = before
  if (value === '') return others
  if (name === 'Policy') checkedPolicy(value, 'InvalidParameterException')
  if (name === 'DisplayName' && value.length > 100) throw invalidParameter('DisplayName')
  if (name === 'SignatureVersion' && !['1', '2'].includes(value)) throw invalidParameter('SignatureVersion')
  return { ...others, [name]: value }
}

function checkedTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (Object.keys(tags).length > MOST_TAGS) throw new AwsError('TagLimitExceededException', `A topic has at most ${MOST_TAGS} tags.`)
  return tags
}

function shownAttributes(topic: TopicRecord, { account, topics }: { readonly account: Account; readonly topics: Topics }): Record<string, string> {
  const subscriptions = topics.of(topic.name)
  const pending = subscriptions.filter(isPending).length
  return {
    Policy: defaultPolicy(account, topic.name),
    DisplayName: '',
    ...topic.attributes,
    TopicArn: topicArn(account, topic.name),
    Owner: account.accountId,
    SubscriptionsConfirmed: String(subscriptions.length - pending),
    SubscriptionsPending: String(pending),
    SubscriptionsDeleted: '0',
    EffectiveDeliveryPolicy: topic.attributes['DeliveryPolicy'] ?? DEFAULT_DELIVERY,
  }
}

/** What SNS gives a topic without one: for the services of the owner's own account. Callers of that account are let in by their own policies. */
export const defaultPolicy = (account: Account, name: string) =>
  JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic', 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'].map((action) => `SNS:${action}`),
        Resource: topicArn(account, name),
        Condition: { StringEquals: { 'AWS:SourceOwner': account.accountId } },
      },
    ],
  })

const DEFAULT_DELIVERY = JSON.stringify({
  http: { defaultHealthyRetryPolicy: { minDelayTarget: 20, maxDelayTarget: 20, numRetries: 3, numMaxDelayRetries: 0, numNoDelayRetries: 0, numMinDelayRetries: 0, backoffFunction: 'linear' }, disableSubscriptionOverrides: false },
})
