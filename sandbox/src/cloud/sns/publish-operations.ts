// sandbox/src/cloud/sns/publish-operations.ts: publishes to topics: for callers of the API, and for services of the cloud.
import { randomUUID } from 'node:crypto'
import type { BatchResultErrorEntry } from '@aws-sdk/client-sns'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Sent, TopicPublisher } from '../ports.ts'
import type { OperationsOf } from '../service.ts'
import { type Published, readMessage, type SnsMessage } from './message.ts'
import { isPending, notOffered, type SubscriptionRecord, topicArn, type Topics } from './topic-records.ts'

type Sns = OperationsOf<typeof import('@aws-sdk/client-sns')>

export interface PublishOptions {
  readonly account: Account
  readonly clock: Clock
  readonly topics: Topics
  readonly deliver: (message: SnsMessage, subscription: SubscriptionRecord) => void
}

const MOST_IN_BATCH = 10

export function publishing({ account, clock, topics, deliver }: PublishOptions) {
  /** @returns the message's id */
  const publish = (arn: string | undefined, published: Published): string => {
    const topic = topics.at(arn)
    const message = { ...readMessage(published), messageId: randomUUID(), topicArn: topicArn(account, topic.name), at: clock.now() }
    for (const subscription of topics.of(topic.name)) if (!isPending(subscription)) deliver(message, subscription)
    return message.messageId
  }
  const operations = {
    Publish(input) {
      if (input.PhoneNumber !== undefined) throw notOffered('PhoneNumber')
      return { MessageId: publish(input.TopicArn ?? input.TargetArn, input) }
    },
    PublishBatch({ TopicArn, PublishBatchRequestEntries: entries = [] }) {
      if (entries.length === 0) throw new AwsError('EmptyBatchRequestException', "The batch request doesn't contain any entries.")
      if (entries.length > MOST_IN_BATCH) throw new AwsError('TooManyEntriesInBatchRequestException', 'The batch request contains more entries than permissible.')
      topics.at(TopicArn)
      const Successful: { Id: string; MessageId: string }[] = []
      const Failed: BatchResultErrorEntry[] = []
      for (const entry of entries) {
        const Id = entry.Id ?? ''
        try {
          Successful.push({ Id, MessageId: publish(TopicArn, entry) })
        } catch (error) {
          if (!(error instanceof AwsError)) throw error
          Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true })
        }
      }
      return { Successful, Failed }
    },
  } satisfies Sns
  const publisher: TopicPublisher = {
    publish({ topicArn: arn, message, subject, structure }): Sent {
      try {
        return { kind: 'accepted', messageId: publish(arn, { Message: message, Subject: subject, MessageStructure: structure }) }
      } catch (error) {
        if (error instanceof AwsError) return { kind: 'refused', why: error.message }
        throw error
      }
    },
  }
  return { operations, publisher }
}
