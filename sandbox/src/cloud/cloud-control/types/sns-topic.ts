// sandbox/src/cloud/cloud-control/types/sns-topic.ts: AWS::SNS::Topic.
import * as z from 'zod'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const Topic = z.strictObject({
  TopicArn: z.string().optional(),
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
  SignatureVersion: z.string().optional(),
  TracingConfig: z.string().optional(),
  FifoTopic: z.boolean().optional(),
  Subscription: z.array(z.strictObject({ Endpoint: z.string(), Protocol: z.string() })).optional(),
  Tags: TagList.optional(),
})
type Topic = z.infer<typeof Topic>

/** Properties that are attributes of the same name. */
const ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig'] as const

export const topic = resourceType<Topic>({
  typeName: 'AWS::SNS::Topic',
  schema: Topic,
  identifier: ['TopicArn'],
  createOnly: ['TopicName', 'FifoTopic'],
  readOnly: ['TopicArn'],
  writeOnly: [],
  async create({ TopicName, FifoTopic, Subscription = [], Tags, ...model }, { sns, generatedName }) {
    const given = ATTRIBUTES.flatMap((name) => (model[name] === undefined ? [] : [[name, model[name]] as const]))
    const Attributes = { ...Object.fromEntries(given), ...(FifoTopic ? { FifoTopic: 'true' } : {}) }
    const { TopicArn = '' } = await sns.CreateTopic({ Name: TopicName ?? generatedName(), Attributes, Tags })
    for (const subscription of Subscription) await sns.Subscribe({ TopicArn, ...subscription })
    return [TopicArn]
  },
  async read([TopicArn = ''], handling) {
    const { Attributes = {} } = await handling.sns.GetTopicAttributes({ TopicArn })
    const { Tags } = await handling.sns.ListTagsForResource({ ResourceArn: TopicArn })
    const subscriptions = (await subscriptionsOf(TopicArn, handling)).map(({ Endpoint = '', Protocol = '' }) => ({ Endpoint, Protocol }))
    return {
      ...Object.fromEntries(ATTRIBUTES.flatMap((name) => (Attributes[name] ? [[name, Attributes[name]]] : []))),
      TopicArn,
      TopicName: TopicArn.split(':').at(-1),
      Tags: fromTags(Tags),
      ...(subscriptions.length > 0 ? { Subscription: subscriptions } : {}),
    }
  },
  async update([TopicArn = ''], { before, after }, handling) {
    const { sns } = handling
    for (const name of ATTRIBUTES) if (before[name] !== after[name]) await sns.SetTopicAttributes({ TopicArn, AttributeName: name, AttributeValue: after[name] ?? '' })
    if (after.Subscription) await resubscribe(TopicArn, { before: before.Subscription ?? [], after: after.Subscription }, handling)
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await sns.TagResource({ ResourceArn: TopicArn, Tags: set })
    if (remove.length > 0) await sns.UntagResource({ ResourceArn: TopicArn, TagKeys: remove })
  },
  async delete([TopicArn], { sns }) {
    await sns.GetTopicAttributes({ TopicArn }) // DeleteTopic itself says nothing of a topic that is not there
    await sns.DeleteTopic({ TopicArn })
  },
  async list({ sns }) {
    const topics = await allPages(async (NextToken) => {
      const { Topics: items, NextToken: next } = await sns.ListTopics({ NextToken })
      return { items, next }
    })
    return topics.map(({ TopicArn = '' }) => [TopicArn])
  },
})

const subscriptionsOf = async (TopicArn: string, { sns }: Handling) =>
  allPages(async (NextToken) => {
    const { Subscriptions: items, NextToken: next } = await sns.ListSubscriptionsByTopic({ TopicArn, NextToken })
    return { items, next }
  })

interface Subscriptions {
  readonly before: NonNullable<Topic['Subscription']>
  readonly after: NonNullable<Topic['Subscription']>
}

/** What SNS lists instead of an ARN. Its handler leaves such a one alone: it goes by itself when nobody confirms it. */
const PENDING = 'PendingConfirmation'

async function resubscribe(TopicArn: string, { before, after }: Subscriptions, handling: Handling): Promise<void> {
  const isIn = (list: NonNullable<Topic['Subscription']>, { Endpoint, Protocol }: { readonly Endpoint?: string | undefined; readonly Protocol?: string | undefined }) => list.some((other) => other.Endpoint === Endpoint && other.Protocol === Protocol)
  for (const subscription of after) if (!isIn(before, subscription)) await handling.sns.Subscribe({ TopicArn, ...subscription })
  for (const found of await subscriptionsOf(TopicArn, handling)) if (isIn(before, found) && !isIn(after, found) && found.SubscriptionArn !== PENDING) await handling.sns.Unsubscribe({ SubscriptionArn: found.SubscriptionArn })
}
