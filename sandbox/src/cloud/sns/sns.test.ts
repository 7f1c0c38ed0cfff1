// sandbox/src/cloud/sns/sns.test.ts: topics as the AWS SDK uses them, and what functions and queues get of them.
import { CreateTopicCommand, DeleteTopicCommand, GetTopicAttributesCommand, ListSubscriptionsByTopicCommand, ListTopicsCommand, PublishBatchCommand, PublishCommand, SetTopicAttributesCommand, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { expect, test, vi } from 'vitest'
import { functionArn, letting, messagingBench, queueArn, topicArn } from './testing.ts'

const TopicArn = topicArn('findings')

test('a function gets a message in the shape of AWS, if its policy lets SNS in for this topic', async () => {
  const { sns, functions } = await messagingBench()
  await functions.create('start', 'exports.handler = async (event) => console.log(JSON.stringify(event))')
  await functions.call('AddPermission', { FunctionName: 'start', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com', SourceArn: TopicArn })
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn('start') }))
  const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: '{"a":1}', Subject: 'Hello', MessageAttributes: { n: { DataType: 'Number', StringValue: '7' } } }))
  const lines = await vi.waitUntil(() => functions.logged('/aws/lambda/start').find((line) => line.includes('aws:sns')))
  expect(JSON.parse(lines.slice(lines.indexOf('{')))).toMatchObject({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: SubscriptionArn,
        Sns: { Type: 'Notification', MessageId, TopicArn, Subject: 'Hello', Message: '{"a":1}', Timestamp: expect.stringMatching(/^\d{4}-.*Z$/), MessageAttributes: { n: { Type: 'Number', Value: '7' } } },
      },
    ],
  })
})

test.each([
  ['another topic', 'sns.amazonaws.com', topicArn('other')],
  ['another service', 'iot.amazonaws.com', TopicArn],
])('a function that lets in %s does not run; the message is in the dead-letter queue of the subscription', async (_case, Principal, SourceArn) => {
  const { sns, sqs, functions, lines } = await messagingBench()
  await functions.create('start', 'exports.handler = async () => console.log("ran")')
  await functions.call('AddPermission', { FunctionName: 'start', StatementId: 's', Action: 'lambda:InvokeFunction', Principal, SourceArn })
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead', Attributes: { Policy: letting('sns.amazonaws.com', 'sqs:SendMessage', queueArn('dead'), TopicArn) } }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn('start'), Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead') }) } }))
  await sns.send(new PublishCommand({ TopicArn, Message: 'm' }))
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({ Type: 'Notification', TopicArn, Message: 'm' })
  expect(lines.join()).toContain('message of a topic not delivered')
  expect(functions.logged('/aws/lambda/start')).toEqual([])
})

test('a queue gets a notification, or the bare text; only if its policy lets this topic in', async () => {
  const { sns, sqs } = await messagingBench()
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }))
  const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn('q') }))
  const bodies = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.map(({ Body = '' }) => Body) ?? []
  await sns.send(new PublishCommand({ TopicArn, Message: 'refused' }))
  expect(await bodies()).toEqual([])
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: letting('sns.amazonaws.com', 'sqs:SendMessage', queueArn('q'), TopicArn) } }))
  await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify({ default: 'd', sqs: 'for queues' }), MessageStructure: 'json' }))
  expect((await bodies()).map((body) => JSON.parse(body) as unknown)).toMatchObject([{ Type: 'Notification', Message: 'for queues' }])
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn('q'), Attributes: { RawMessageDelivery: 'true' } }))
  await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'bare' }, { Id: '2', Message: 'x', MessageStructure: 'json' }] })).then(({ Successful, Failed }) => expect([Successful?.length, Failed?.[0]?.Code]).toEqual([1, 'InvalidParameterException']))
  expect(await bodies()).toEqual(['bare'])
})

test('topics and subscriptions are made once, listed, and gone together', async () => {
  const { sns } = await messagingBench()
  for (let i = 0; i < 2; i++) expect(await sns.send(new CreateTopicCommand({ Name: 'findings', Attributes: { DisplayName: 'd' } }))).toMatchObject({ TopicArn })
  await expect(sns.send(new CreateTopicCommand({ Name: 'findings', Attributes: { DisplayName: 'e' } }))).rejects.toMatchObject({ name: 'InvalidParameterException', message: expect.stringContaining('Topic already exists with different attributes') })
  const first = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn('f') }))
  expect(await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn('f') }))).toMatchObject({ SubscriptionArn: first.SubscriptionArn })
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
  expect(Attributes).toMatchObject({ TopicArn, Owner: '000000000000', SubscriptionsConfirmed: '1', DisplayName: 'd' })
  expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }])
  await sns.send(new DeleteTopicCommand({ TopicArn }))
  await expect(sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).rejects.toMatchObject({ name: 'NotFoundException', message: 'Topic does not exist' })
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual([])
})

test('a role publishes by its own policy or by the topic\'s; a deny of the topic holds for the account, too', async () => {
  const { sns, asRole } = await messagingBench()
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  const publish = new PublishCommand({ TopicArn, Message: 'm' })
  await expect(asRole.sns.send(publish)).rejects.toMatchObject({ name: 'AuthorizationErrorException' })
  const policy = (Effect: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Principal: '*', Action: 'sns:Publish', Resource: TopicArn }] })
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: policy('Allow') }))
  await asRole.sns.send(publish)
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: policy('Deny') }))
  await expect(sns.send(publish)).rejects.toMatchObject({ name: 'AuthorizationErrorException' })
  await expect(sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: '{' }))).rejects.toMatchObject({ name: 'InvalidParameterException' })
})

test.each([
  [{ Message: '' }, 'Empty message'],
  [{ Message: 'x'.repeat(262_145) }, 'Message too long'],
  [{ Message: 'm', Subject: 'two\nlines' }, 'Subject'],
  [{ Message: '{}', MessageStructure: 'json' }, 'No default entry'],
])('SNS refuses a message: %#', async (published, why) => {
  const { sns } = await messagingBench()
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  await expect(sns.send(new PublishCommand({ TopicArn, ...published }))).rejects.toMatchObject({ name: 'InvalidParameterException', message: expect.stringContaining(why) })
})

test('what the sandbox has not is refused loudly', async () => {
  const { sns } = await messagingBench()
  await sns.send(new CreateTopicCommand({ Name: 'findings' }))
  await expect(sns.send(new CreateTopicCommand({ Name: 'a.fifo', Attributes: { FifoTopic: 'true' } }))).rejects.toThrow(/Not offered/)
  await expect(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sms', Endpoint: '+491701234567' }))).rejects.toThrow(/Not offered/)
  await expect(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn('f'), Attributes: { FilterPolicy: '{}' } }))).rejects.toThrow(/Not offered/)
})
