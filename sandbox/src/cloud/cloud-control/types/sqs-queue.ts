// sandbox/src/cloud/cloud-control/types/sqs-queue.ts: AWS::SQS::Queue and AWS::SQS::QueueInlinePolicy.
import type { QueueAttributeName } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'
import { asList, asMap, tagChange, TagList } from './tags.ts'

const Queue = z.strictObject({
  QueueUrl: z.string().optional(),
  Arn: z.string().optional(),
  QueueName: z.string().optional(),
  DelaySeconds: z.number().int().optional(),
  MaximumMessageSize: z.number().int().optional(),
  MessageRetentionPeriod: z.number().int().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().int().optional(),
  VisibilityTimeout: z.number().int().optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: z.number().int().optional(),
  RedrivePolicy: PolicyText.optional(),
  RedriveAllowPolicy: PolicyText.optional(),
  FifoQueue: z.boolean().optional(),
  Tags: TagList.optional(),
})
type Queue = z.infer<typeof Queue>

const NUMBERS = ['DelaySeconds', 'MaximumMessageSize', 'MessageRetentionPeriod', 'ReceiveMessageWaitTimeSeconds', 'VisibilityTimeout', 'KmsDataKeyReusePeriodSeconds'] as const
const DOCUMENTS = ['RedrivePolicy', 'RedriveAllowPolicy'] as const

export const queue = resourceType<Queue>({
  typeName: 'AWS::SQS::Queue',
  schema: Queue,
  identifier: ['QueueUrl'],
  createOnly: ['QueueName', 'FifoQueue'],
  readOnly: ['QueueUrl', 'Arn'],
  writeOnly: [],
  async create(model, { sqs, generatedName }) {
    if (model.FifoQueue) throw new AwsError('InvalidParameterValue', 'Not offered by the sandbox: FIFO queues.')
    const { QueueUrl = '' } = await sqs.CreateQueue({ QueueName: model.QueueName ?? generatedName(), Attributes: attributesOf(model), tags: asMap(model.Tags) })
    return [QueueUrl]
  },
  async read([QueueUrl = ''], { sqs }) {
    const { Attributes = {} } = await sqs.GetQueueAttributes({ QueueUrl, AttributeNames: ['All'] })
    const { Tags } = await sqs.ListQueueTags({ QueueUrl })
    return {
      ...Object.fromEntries(NUMBERS.flatMap((name) => (Attributes[name] === undefined ? [] : [[name, Number(Attributes[name])]]))),
      ...Object.fromEntries(DOCUMENTS.flatMap((name) => (Attributes[name] === undefined ? [] : [[name, policyOf(Attributes[name])]]))),
      ...(Attributes['KmsMasterKeyId'] === undefined ? {} : { KmsMasterKeyId: Attributes['KmsMasterKeyId'] }),
      SqsManagedSseEnabled: Attributes['SqsManagedSseEnabled'] === 'true',
      QueueUrl,
      Arn: Attributes['QueueArn'],
      QueueName: Attributes['QueueArn']?.split(':').at(-1),
      Tags: asList(Tags),
    }
  },
  async update([QueueUrl], { before, after }, { sqs }) {
    const [old, wanted] = [attributesOf(before), attributesOf(after)]
    const changed = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].filter((name) => old[name] !== wanted[name])
    if (changed.length > 0) await sqs.SetQueueAttributes({ QueueUrl, Attributes: Object.fromEntries(changed.map((name) => [name, wanted[name] ?? ''])) })
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await sqs.TagQueue({ QueueUrl, Tags: asMap(set) })
    if (remove.length > 0) await sqs.UntagQueue({ QueueUrl, TagKeys: remove })
  },
  async delete([QueueUrl], { sqs }) {
    await sqs.DeleteQueue({ QueueUrl })
  },
  list: async (handling) => (await queueUrls(handling)).map((url) => [url]),
})

const attributesOf = (model: Queue): Partial<Record<QueueAttributeName, string>> & Record<string, string> => ({
  ...Object.fromEntries(NUMBERS.flatMap((name) => (model[name] === undefined ? [] : [[name, String(model[name])]]))),
  ...Object.fromEntries(DOCUMENTS.flatMap((name) => (model[name] === undefined ? [] : [[name, textOf(model[name])]]))),
  ...(model.SqsManagedSseEnabled === undefined ? {} : { SqsManagedSseEnabled: String(model.SqsManagedSseEnabled) }),
  ...(model.KmsMasterKeyId === undefined ? {} : { KmsMasterKeyId: model.KmsMasterKeyId }),
})

const queueUrls = async ({ sqs }: Handling) =>
  allPages(async (NextToken) => {
    const { QueueUrls: items, NextToken: next } = await sqs.ListQueues({ MaxResults: 1000, NextToken })
    return { items, next }
  })

const QueueInlinePolicy = z.strictObject({ Queue: z.string(), PolicyDocument: PolicyText })

const policyAt = async (QueueUrl: string, { sqs }: Handling): Promise<string | undefined> => (await sqs.GetQueueAttributes({ QueueUrl, AttributeNames: ['Policy'] })).Attributes?.['Policy']

export const queueInlinePolicy = resourceType<z.infer<typeof QueueInlinePolicy>>({
  typeName: 'AWS::SQS::QueueInlinePolicy',
  schema: QueueInlinePolicy,
  identifier: ['Queue'],
  createOnly: ['Queue'],
  readOnly: [],
  writeOnly: [],
  async create({ Queue: url, PolicyDocument }, handling) {
    if ((await policyAt(url, handling)) !== undefined) throw new AwsError('ResourceAlreadyExistsException', `The queue ${url} has a policy already.`)
    await handling.sqs.SetQueueAttributes({ QueueUrl: url, Attributes: { Policy: textOf(PolicyDocument) } })
    const { QueueUrl = '' } = await handling.sqs.GetQueueUrl({ QueueName: url.split('/').at(-1) }) // as lists have it
    return [QueueUrl]
  },
  async read([url = ''], handling) {
    const policy = await policyAt(url, handling)
    if (policy === undefined) throw new AwsError('NotFoundException', `The queue ${url} has no policy.`)
    return { Queue: url, PolicyDocument: policyOf(policy) }
  },
  async update([QueueUrl], { after }, { sqs }) {
    await sqs.SetQueueAttributes({ QueueUrl, Attributes: { Policy: textOf(after.PolicyDocument) } })
  },
  async delete([QueueUrl], { sqs }) {
    await sqs.SetQueueAttributes({ QueueUrl, Attributes: { Policy: '' } })
  },
  async list(handling) {
    const found = await Promise.all((await queueUrls(handling)).map(async (url) => ((await policyAt(url, handling)) === undefined ? [] : [url])))
    return found.flat().map((url) => [url])
  },
})
