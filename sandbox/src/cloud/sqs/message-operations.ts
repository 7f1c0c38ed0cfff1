// sandbox/src/cloud/sqs/message-operations.ts: SQS's operations on messages (API reference).
import type { BatchResultErrorEntry, Message } from '@aws-sdk/client-sqs'
import { AwsError } from '../aws-error.ts'
import type { OperationsOf, Principal } from '../service.ts'
import { invalidParameter, keptAttributes, md5, md5OfAttributes, shownAttributes } from './message-attributes.ts'
import type { Mailbox } from './mailbox.ts'
import { type MessageRecord, type Queues, secondsOf } from './queue-records.ts'

type Sqs = OperationsOf<typeof import('@aws-sdk/client-sqs')>

const MOST_IN_BATCH = 10
const MOST_RECEIVED = 10

export function messageOperations({ queues, mailbox }: { readonly queues: Queues; readonly mailbox: Mailbox }) {
  const send = (QueueUrl: string | undefined, { MessageBody = '', MessageAttributes, DelaySeconds }: Sent, principal: Principal) => {
    const attributes = keptAttributes(MessageAttributes)
    const { messageId } = mailbox.put(queues.at(QueueUrl), { body: MessageBody, attributes, senderId: senderOf(principal), ...(DelaySeconds === undefined ? {} : { delaySeconds: DelaySeconds }) })
    return { MessageId: messageId, MD5OfMessageBody: md5(MessageBody), MD5OfMessageAttributes: md5OfAttributes(attributes) }
  }
  return {
    SendMessage: (input, { principal }) => send(input.QueueUrl, input, principal),
    SendMessageBatch: ({ QueueUrl, Entries }, { principal }) => inBatch(Entries, (entry) => send(QueueUrl, entry, principal)),
    async ReceiveMessage(input) {
      const queue = queues.at(input.QueueUrl)
      const most = input.MaxNumberOfMessages ?? 1
      if (most < 1 || most > MOST_RECEIVED) throw invalidParameter(`Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`)
      const hiddenSeconds = input.VisibilityTimeout ?? secondsOf(queue, 'VisibilityTimeout')
      const received = await mailbox.receive(queue.name, { most, hiddenSeconds, waitSeconds: input.WaitTimeSeconds ?? secondsOf(queue, 'ReceiveMessageWaitTimeSeconds') })
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- older clients still send it
      const systemNames = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
      return received.length === 0 ? {} : { Messages: received.map((message) => shown(message, { systemNames, names: input.MessageAttributeNames ?? [] })) }
    },
    DeleteMessage({ QueueUrl, ReceiptHandle }) {
      mailbox.delete(queues.at(QueueUrl).name, ReceiptHandle)
      return {}
    },
    DeleteMessageBatch: ({ QueueUrl, Entries }) => inBatch(Entries, ({ ReceiptHandle }) => mailbox.delete(queues.at(QueueUrl).name, ReceiptHandle)),
    ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout = 0 }) {
      mailbox.hide(queues.at(QueueUrl).name, ReceiptHandle, VisibilityTimeout)
      return {}
    },
    ChangeMessageVisibilityBatch: ({ QueueUrl, Entries }) => inBatch(Entries, ({ ReceiptHandle, VisibilityTimeout = 0 }) => mailbox.hide(queues.at(QueueUrl).name, ReceiptHandle, VisibilityTimeout)),
  } satisfies Sqs
}

type Sent = Pick<Parameters<NonNullable<Sqs['SendMessage']>>[0], 'MessageBody' | 'MessageAttributes' | 'DelaySeconds'>

const senderOf = (principal: Principal) => ('accessKeyId' in principal ? principal.accessKeyId : 'anonymous')

/** Each entry for itself: one that fails does not keep the others. */
function inBatch<E extends { readonly Id: string | undefined }, R extends object>(entries: readonly E[] | undefined, work: (entry: E) => R | void) {
  if (!entries?.length) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.', { status: 400 })
  if (entries.length > MOST_IN_BATCH) throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MOST_IN_BATCH}. You have sent ${entries.length}.`, { status: 400 })
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.', { status: 400 })
  const Successful: ({ Id: string } & R)[] = []
  const Failed: BatchResultErrorEntry[] = []
  for (const entry of entries) {
    const Id = entry.Id ?? ''
    try {
      Successful.push({ Id, ...(work(entry) as R) }) // a work without a result adds nothing
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true })
    }
  }
  return { Successful, Failed }
}

function shown(message: MessageRecord & { readonly handle: string }, { systemNames, names }: { readonly systemNames: readonly string[]; readonly names: readonly string[] }): Message {
  const system: Readonly<Record<string, string>> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt.getTime()),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt?.getTime() ?? 0),
  }
  const wanted = Object.entries(system).filter(([name]) => systemNames.includes('All') || systemNames.includes(name))
  const attributes = shownAttributes(message.attributes, names)
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.handle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(wanted.length > 0 ? { Attributes: Object.fromEntries(wanted) } : {}),
    ...(attributes ? { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(Object.fromEntries(Object.entries(message.attributes).filter(([name]) => name in attributes))) } : {}),
  }
}
