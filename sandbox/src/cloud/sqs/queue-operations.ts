// sandbox/src/cloud/sqs/queue-operations.ts: SQS's operations on queues (API reference).
import type { QueueAttributeName } from '@aws-sdk/client-sqs'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { checkedPolicy } from '../iam/resource-policy.ts'
import type { OperationsOf } from '../service.ts'
import { pageOfList } from '../wire/paging.ts'
import { invalidParameter } from './message-attributes.ts'
import { attributeOf, DEFAULTS, messagesOf, queueArn, type QueueRecord, type Queues, queueUrl } from './queue-records.ts'

type Sqs = OperationsOf<typeof import('@aws-sdk/client-sqs')>

export interface QueueContext {
  readonly account: Account
  readonly clock: Clock
  readonly queues: Queues
}

/** Least and most of the numbers; the rest is text. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
}
const TEXTS = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled'])

export function queueOperations({ account, clock, queues }: QueueContext) {
  const put = (queue: QueueRecord, changes: Partial<QueueRecord>) => {
    queues.records.put(queue.name, { ...queue, ...changes, changedAt: clock.now() })
    return {}
  }
  return {
    CreateQueue({ QueueName: name = '', Attributes, tags = {} }, { origin }) {
      if (!/^[\w-]{1,80}$/.test(name)) throw invalidParameter(name.endsWith('.fifo') ? 'Not offered by the sandbox: FIFO queues.' : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length')
      const attributes = checkedAttributes(Attributes)
      const known = queues.records.get(name)
      if (known) {
        const other = Object.entries(attributes).find(([key, value]) => attributeOf(known, key) !== value)
        if (other) throw new AwsError('QueueNameExists', `A queue already exists with the same name and a different value for attribute ${other[0]}`, { status: 400 })
      } else queues.records.put(name, { name, createdAt: clock.now(), changedAt: clock.now(), attributes, tags })
      return { QueueUrl: queueUrl(origin, account, name) }
    },
    GetQueueUrl({ QueueName = '' }, { origin }) {
      return { QueueUrl: queueUrl(origin, account, queues.at(`/${account.accountId}/${QueueName}`).name) }
    },
    ListQueues({ QueueNamePrefix = '', MaxResults, NextToken }, { origin }) {
      const names = queues.records.all(QueueNamePrefix).map(([name]) => name)
      const { items, nextToken } = pageOfList(names, { keyOf: (name) => name, token: NextToken, size: { asked: MaxResults, usual: 1000, most: 1000 }, invalid: () => invalidParameter('Invalid NextToken') })
      return { QueueUrls: items.map((name) => queueUrl(origin, account, name)), ...(MaxResults === undefined ? {} : { NextToken: nextToken }) }
    },
    GetQueueAttributes({ QueueUrl, AttributeNames = [] }) {
      const queue = queues.at(QueueUrl)
      const all = { ...DEFAULTS, ...queue.attributes, ...computed(queue, { account, clock, queues }) }
      const isWanted = (name: string) => AttributeNames.includes('All') || AttributeNames.includes(name as QueueAttributeName) // a name that SQS has
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name))) }
    },
    SetQueueAttributes({ QueueUrl, Attributes }) {
      const queue = queues.at(QueueUrl)
      const merged = Object.entries({ ...queue.attributes, ...checkedAttributes(Attributes, { removing: true }) })
      return put(queue, { attributes: Object.fromEntries(merged.filter(([, value]) => value !== '')) })
    },
    DeleteQueue({ QueueUrl }) {
      const { name } = queues.at(QueueUrl)
      for (const [key] of messagesOf(queues, name)) queues.messages.delete(key)
      queues.records.delete(name)
      return {}
    },
    PurgeQueue({ QueueUrl }) {
      for (const [key] of messagesOf(queues, queues.at(QueueUrl).name)) queues.messages.delete(key)
      return {}
    },
    TagQueue: ({ QueueUrl, Tags = {} }) => put(queues.at(QueueUrl), { tags: { ...queues.at(QueueUrl).tags, ...Tags } }),
    UntagQueue({ QueueUrl, TagKeys = [] }) {
      const queue = queues.at(QueueUrl)
      return put(queue, { tags: Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key))) })
    },
    ListQueueTags: ({ QueueUrl }) => ({ Tags: { ...queues.at(QueueUrl).tags } }),
    ListDeadLetterSourceQueues({ QueueUrl, MaxResults, NextToken }, { origin }) {
      const target = queueArn(account, queues.at(QueueUrl).name)
      const sources = queues.records.all().filter(([, queue]) => redriveOf(queue)?.deadLetterTargetArn === target)
      const { items, nextToken } = pageOfList(sources, { keyOf: ([name]) => name, token: NextToken, size: { asked: MaxResults, usual: 1000, most: 1000 }, invalid: () => invalidParameter('Invalid NextToken') })
      return { queueUrls: items.map(([name]) => queueUrl(origin, account, name)), ...(MaxResults === undefined ? {} : { NextToken: nextToken }) }
    },
  } satisfies Sqs
}

/** An empty value takes an attribute away, where one is changed. */
function checkedAttributes(given: Readonly<Record<string, string>> = {}, { removing = false } = {}): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    const range = RANGES[name]
    if (!range && !TEXTS.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, { status: 400 })
    if (removing && value === '') continue
    const isFine = range ? /^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1] : value !== ''
    if (!isFine) throw invalidAttribute(name)
    if (name === 'Policy') checkedPolicy(value, 'InvalidAttributeValue')
    if (name === 'RedrivePolicy') readRedrive(value)
  }
  return given
}

export interface Redrive {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

export function redriveOf({ attributes: { RedrivePolicy } }: QueueRecord): Redrive | undefined {
  return RedrivePolicy === undefined ? undefined : readRedrive(RedrivePolicy)
}

/** SQS takes the count as a number or as text. */
function readRedrive(text: string): Redrive {
  const { deadLetterTargetArn, maxReceiveCount } = jsonObject(text)
  const count = Number(maxReceiveCount)
  if (typeof deadLetterTargetArn !== 'string' || !(count >= 1 && count <= 1000)) throw invalidAttribute('RedrivePolicy')
  return { deadLetterTargetArn, maxReceiveCount: count }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // said below
  }
  throw invalidAttribute('RedrivePolicy')
}

const invalidAttribute = (name: string) => new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, { status: 400 })

function computed(queue: QueueRecord, { account, clock, queues }: QueueContext): Readonly<Record<string, string>> {
  const now = clock.now()
  const messages = messagesOf(queues, queue.name).map(([, message]) => message)
  const hidden = messages.filter(({ visibleAt }) => visibleAt > now)
  const delayed = hidden.filter(({ receives }) => receives === 0).length
  const seconds = (date: Date) => String(Math.floor(date.getTime() / 1000))
  return {
    QueueArn: queueArn(account, queue.name),
    ApproximateNumberOfMessages: String(messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds(queue.createdAt),
    LastModifiedTimestamp: seconds(queue.changedAt),
  }
}
