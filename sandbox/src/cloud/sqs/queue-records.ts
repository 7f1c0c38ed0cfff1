// sandbox/src/cloud/sqs/queue-records.ts: queues and their messages as they are kept, and how both are named.
import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { keyOf, prefixOf, type Store, type Table } from '../store/store.ts'

export interface QueueRecord {
  readonly name: string
  readonly createdAt: Date
  readonly changedAt: Date
  /** Those that were set, as SQS spells them (`VisibilityTimeout: '30'`); the rest are DEFAULTS. */
  readonly attributes: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

export interface MessageRecord {
  readonly messageId: string
  readonly body: string
  readonly attributes: Readonly<Record<string, KeptAttribute>>
  readonly senderId: string
  readonly sentAt: Date
  /** Hidden until then: delayed, or received and not yet deleted. */
  readonly visibleAt: Date
  readonly receives: number
  readonly firstReceivedAt?: Date
  /** Of the latest receive. */
  readonly receipt?: string
}

/** Binary values in base64. */
export type KeptAttribute = Pick<MessageAttributeValue, 'DataType' | 'StringValue'> & { readonly binary?: string }

export interface Queues {
  readonly records: Table<QueueRecord>
  /** queue, number that rises */
  readonly messages: Table<MessageRecord>
  /** @param url `http://…/<account>/<name>`, or the ARN. @throws AwsError QueueDoesNotExist */
  at(url: string | undefined): QueueRecord
  byArn(queueArn: string): QueueRecord | undefined
}

/** SQS API reference, SetQueueAttributes; sizes since August 2025. */
export const DEFAULTS: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
}

export const queueArn = (account: Account, name: string) => arn('sqs', account, name)
export const queueUrl = (origin: string, { accountId }: Account, name: string) => `${origin}/${accountId}/${name}`
export const attributeOf = ({ attributes }: QueueRecord, name: string): string | undefined => attributes[name] ?? DEFAULTS[name]
export const secondsOf = (queue: QueueRecord, name: string) => Number(attributeOf(queue, name))

export function queuesIn(store: Store, account: Account): Queues {
  const records = store.table<QueueRecord>('sqs_queues')
  const ofName = (prefix: RegExp, text: string) => (prefix.test(text) ? records.get(text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1)) : undefined)
  return {
    records,
    messages: store.table('sqs_messages'),
    at(url = '') {
      const queue = ofName(new RegExp(`(/${account.accountId}/|^${queueArn(account, '')})[\\w-]+$`), url)
      if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', { status: 400 })
      return queue
    },
    byArn: (given) => ofName(new RegExp(`^${queueArn(account, '')}[\\w-]+$`), given),
  }
}

/** In the order in which they were sent. */
export const messagesOf = ({ messages }: Pick<Queues, 'messages'>, name: string) => messages.all(prefixOf(name))

export const messageKey = (name: string, number: number) => keyOf(name, String(number).padStart(20, '0'))
