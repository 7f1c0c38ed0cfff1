// sandbox/src/cloud/sqs/sqs.test.ts: queues as the AWS SDK uses them, and as dead-letter queues of functions.
import { ChangeMessageVisibilityCommand, CreateQueueCommand, DeleteMessageCommand, DeleteQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, ListDeadLetterSourceQueuesCommand, ListQueuesCommand, ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, test, vi } from 'vitest'
import { messagingBench, queueArn } from '../sns/testing.ts'

async function queueBench(Attributes: Record<string, string> = {}) {
  const bench = await messagingBench()
  const { QueueUrl } = await bench.sqs.send(new CreateQueueCommand({ QueueName: 'q', Attributes }))
  const receive = async (options: object = {}) => (await bench.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...options }))).Messages ?? []
  return { ...bench, QueueUrl, receive, send: (MessageBody: string) => bench.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })) }
}

test('a message is hidden while somebody has it, comes back after its time-out, and is gone when deleted', async () => {
  const { sqs, clock, QueueUrl, receive } = await queueBench()
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', MessageAttributes: { why: { DataType: 'String', StringValue: 'w' }, bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) } } }))
  const [first] = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }) // the SDK compares the digest of the body
  expect(first).toMatchObject({ Body: 'm', MessageAttributes: { why: { StringValue: 'w' }, bytes: { BinaryValue: Uint8Array.of(1, 2) } }, Attributes: { ApproximateReceiveCount: '1' } })
  expect(await receive()).toEqual([])
  clock.advance(30_000)
  const [again] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] })
  expect(again).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } })
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle, VisibilityTimeout: 0 }))
  expect(await receive()).toHaveLength(1)
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }))
  clock.advance(60_000)
  expect(await receive()).toEqual([])
})

test('messages come in their order, wait for a reader, and go when they are too old', async () => {
  const { sqs, clock, QueueUrl, receive, send } = await queueBench({ MessageRetentionPeriod: '60' })
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id })) }))
  expect((await receive()).map(({ Body }) => Body)).toEqual(['a', 'b', 'c'])
  const waiting = receive({ WaitTimeSeconds: 20 })
  await send('late')
  expect(await waiting).toMatchObject([{ Body: 'late' }])
  clock.advance(61_000)
  expect(await receive()).toEqual([])
})

test('the queues that send to a dead-letter queue come in pages', async () => {
  const { sqs, QueueUrl } = await queueBench()
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('q'), maxReceiveCount: 2 })
  for (const QueueName of ['a', 'b']) await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { RedrivePolicy } }))
  const first = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl, MaxResults: 1 }))
  expect(first.queueUrls).toEqual([expect.stringMatching(/\/a$/)])
  expect((await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl, MaxResults: 1, NextToken: first.NextToken }))).queueUrls).toEqual([expect.stringMatching(/\/b$/)])
})

test('what is received too often goes to the dead-letter queue', async () => {
  const { sqs, QueueUrl, receive, send } = await queueBench({ VisibilityTimeout: '0', RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 2 }) })
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
  await send('m')
  for (let i = 0; i < 2; i++) expect(await receive()).toHaveLength(1)
  expect(await receive()).toEqual([])
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead.QueueUrl }))).Messages).toMatchObject([{ Body: 'm' }])
  expect((await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'QueueArn'] }))).Attributes).toEqual({ ApproximateNumberOfMessages: '0', QueueArn: queueArn('q') })
})

test('an event that a function did not take is in its dead-letter queue, with the reason', async () => {
  const { sqs, functions } = await messagingBench({ retryDelaysMs: [1, 1] })
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
  await functions.create('start', 'exports.handler = async () => { throw new Error("no luck") }', { DeadLetterConfig: { TargetArn: queueArn('dead') } })
  await functions.call('Invoke', { FunctionName: 'start', InvocationType: 'Event', Payload: Buffer.from('{"n":1}') })
  const message = await vi.waitUntil(async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 5 }))).Messages?.[0])
  expect(message).toMatchObject({ Body: '{"n":1}', MessageAttributes: { ErrorCode: { StringValue: '200' }, ErrorMessage: { StringValue: 'no luck' }, RequestID: { DataType: 'String' } } })
})

test('a function whose role may not send there cannot have that dead-letter queue', async () => {
  const { functions } = await messagingBench({ permits: (_role, action) => action !== 'sqs:SendMessage' })
  await expect(functions.create('start', '', { DeadLetterConfig: { TargetArn: queueArn('dead') } })).rejects.toMatchObject({ code: 'InvalidParameterValueException', message: expect.stringContaining('SendMessage on SQS') })
})

test('a role sees only the queues that it may; a queue that is gone is gone', async () => {
  const { sqs, asRole, QueueUrl } = await queueBench()
  await expect(asRole.sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toEqual([QueueUrl])
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
})
