// sandbox/src/cloud/sns/mail.test.ts: a mail address gets nothing before it was asked and has said yes.
import { ConfirmSubscriptionCommand, CreateTopicCommand, DeleteTopicCommand, GetSubscriptionAttributesCommand, GetTopicAttributesCommand, ListSubscriptionsByTopicCommand, PublishCommand, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { messagingBench, topicArn } from './testing.ts'

const TopicArn = topicArn('alarms')
const MAIL = { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' } as const

async function asked() {
  const bench = await messagingBench()
  await bench.sns.send(new CreateTopicCommand({ Name: 'alarms' }))
  const { SubscriptionArn = '' } = await bench.sns.send(new SubscribeCommand({ ...MAIL, ReturnSubscriptionArn: true }))
  const Token = bench.mails[0]?.text.match(/--token (\S+)/)?.[1] ?? ''
  const counted = async () => (await bench.sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes
  const attributes = async () => (await bench.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes
  return { ...bench, SubscriptionArn, Token, counted, attributes }
}

test('an address is asked by mail, and is pending until it has said yes', async () => {
  const { sns, mails, SubscriptionArn, Token, attributes, counted } = await asked()
  expect(mails).toEqual([expect.objectContaining({ to: 'ops@example.com', subject: 'AWS Notification - Subscription Confirmation' })])
  expect(await attributes()).toMatchObject({ PendingConfirmation: 'true', ConfirmationWasAuthenticated: 'false', SubscriptionArn, Endpoint: 'ops@example.com' })
  expect(await counted()).toMatchObject({ SubscriptionsPending: '1', SubscriptionsConfirmed: '0' })
  expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Protocol: 'email' }])
  await sns.send(new PublishCommand({ TopicArn, Message: 'too early' }))
  expect(mails).toHaveLength(1)

  await expect(sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: 'another' }))).rejects.toMatchObject({ name: 'InvalidParameterException' })
  expect(await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }))).toMatchObject({ SubscriptionArn })
  expect(await attributes()).toMatchObject({ PendingConfirmation: 'false' })
  expect(await counted()).toMatchObject({ SubscriptionsPending: '0', SubscriptionsConfirmed: '1' })
  await sns.send(new PublishCommand({ TopicArn, Subject: 'ALARM', Message: JSON.stringify({ default: 'd', email: 'for people' }), MessageStructure: 'json' }))
  expect(mails[1]).toMatchObject({ to: 'ops@example.com', subject: 'ALARM', text: 'for people' })
})

test('who is not asked again says nothing of it: the ARN only on request; whoever subscribes again is asked again', async () => {
  const { sns, mails, SubscriptionArn } = await asked()
  expect(await sns.send(new SubscribeCommand(MAIL))).toMatchObject({ SubscriptionArn: 'pending confirmation' })
  expect(await sns.send(new SubscribeCommand({ ...MAIL, ReturnSubscriptionArn: true }))).toMatchObject({ SubscriptionArn })
  expect(mails).toHaveLength(3)
})

test('one that is pending cannot be removed, but goes with its topic, and by itself after two days', async () => {
  const { sns, clock, SubscriptionArn, attributes } = await asked()
  await expect(sns.send(new UnsubscribeCommand({ SubscriptionArn }))).rejects.toMatchObject({ name: 'InvalidParameterException', message: expect.stringContaining('Cannot unsubscribe a subscription that is pending confirmation') })
  const later = (hours: number) => {
    clock.advance(hours * 3600_000)
    sns.config.systemClockOffset += hours * 3600_000 // its signatures are of the same day
  }
  later(47)
  expect(await attributes()).toMatchObject({ PendingConfirmation: 'true' })
  later(2)
  await expect(attributes()).rejects.toMatchObject({ name: 'NotFoundException' })
  await sns.send(new SubscribeCommand(MAIL))
  await sns.send(new DeleteTopicCommand({ TopicArn }))
  await sns.send(new CreateTopicCommand({ Name: 'alarms' }))
  expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual([])
})

test('an address that is none is refused', async () => {
  const { sns } = await asked()
  await expect(sns.send(new SubscribeCommand({ ...MAIL, Endpoint: 'ops' }))).rejects.toMatchObject({ name: 'InvalidParameterException', message: 'Invalid parameter: Email address' })
})
