// sandbox/src/cloud/cloud-control/types/sns-subscription.ts: AWS::SNS::Subscription: a function, a queue or a mail address that gets a topic's messages.
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'

const Subscription = z.strictObject({
  Arn: z.string().optional(),
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string().optional(),
  Region: z.string().optional(),
  RawMessageDelivery: z.boolean().optional(),
  RedrivePolicy: PolicyText.optional(),
  FilterPolicy: PolicyText.optional(),
  FilterPolicyScope: z.string().optional(),
  DeliveryPolicy: PolicyText.optional(),
  ReplayPolicy: PolicyText.optional(),
  SubscriptionRoleArn: z.string().optional(),
})
type Subscription = z.infer<typeof Subscription>

const DOCUMENTS = ['RedrivePolicy', 'FilterPolicy', 'DeliveryPolicy', 'ReplayPolicy'] as const

/** SNS itself says which of them the sandbox does not offer. */
const attributesOf = (model: Subscription): Record<string, string> => ({
  ...(model.RawMessageDelivery === undefined ? {} : { RawMessageDelivery: String(model.RawMessageDelivery) }),
  ...(model.FilterPolicyScope === undefined ? {} : { FilterPolicyScope: model.FilterPolicyScope }),
  ...(model.SubscriptionRoleArn === undefined ? {} : { SubscriptionRoleArn: model.SubscriptionRoleArn }),
  ...Object.fromEntries(DOCUMENTS.flatMap((name) => (model[name] === undefined ? [] : [[name, textOf(model[name])]]))),
})

export const subscription = resourceType<Subscription>({
  typeName: 'AWS::SNS::Subscription',
  schema: Subscription,
  identifier: ['Arn'],
  createOnly: ['Endpoint', 'Protocol', 'TopicArn'],
  readOnly: ['Arn'],
  writeOnly: ['Region'],
  async create(model, { sns }) {
    const { TopicArn, Protocol, Endpoint } = model
    const { SubscriptionArn = '' } = await sns.Subscribe({ TopicArn, Protocol, Endpoint, Attributes: attributesOf(model), ReturnSubscriptionArn: true })
    return [SubscriptionArn]
  },
  async read([SubscriptionArn = ''], { sns }) {
    const { Attributes = {} } = await sns.GetSubscriptionAttributes({ SubscriptionArn })
    return {
      Arn: SubscriptionArn,
      TopicArn: Attributes['TopicArn'] ?? '',
      Protocol: Attributes['Protocol'] ?? '',
      Endpoint: Attributes['Endpoint'],
      RawMessageDelivery: Attributes['RawMessageDelivery'] === 'true',
      ...(Attributes['RedrivePolicy'] === undefined ? {} : { RedrivePolicy: policyOf(Attributes['RedrivePolicy']) }),
    }
  },
  async update([SubscriptionArn], { before, after }, { sns }) {
    const [old, wanted] = [attributesOf(before), attributesOf(after)]
    for (const name of new Set([...Object.keys(old), ...Object.keys(wanted)]))
      if (old[name] !== wanted[name]) await sns.SetSubscriptionAttributes({ SubscriptionArn, AttributeName: name, AttributeValue: wanted[name] ?? '' })
  },
  async delete([SubscriptionArn], { sns }) {
    const { Attributes = {} } = await sns.GetSubscriptionAttributes({ SubscriptionArn }) // Unsubscribe itself says nothing of one that is not there
    if (Attributes['PendingConfirmation'] === 'true') throw new AwsError('InvalidParameterException', `subscription ${SubscriptionArn ?? ''} cannot be deleted if pending confirmation`)
    await sns.Unsubscribe({ SubscriptionArn })
  },
  async list({ sns }) {
    const subscriptions = await allPages(async (NextToken) => {
      const { Subscriptions: items, NextToken: next } = await sns.ListSubscriptions({ NextToken })
      return { items, next }
    })
    return subscriptions.flatMap(({ SubscriptionArn = '' }) => (SubscriptionArn.startsWith('arn:') ? [[SubscriptionArn]] : [])) // one that is pending is listed without its ARN
  },
})
