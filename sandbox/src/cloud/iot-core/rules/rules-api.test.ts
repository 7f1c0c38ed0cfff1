// sandbox/src/cloud/iot-core/rules/rules-api.test.ts: operators manage topic rules by the AWS SDK on a real gateway.
import { CreateTopicRuleCommand, DeleteTopicRuleCommand, DisableTopicRuleCommand, EnableTopicRuleCommand, GetTopicRuleCommand, IoTClient, ListTopicRulesCommand, ReplaceTopicRuleCommand, type TopicRulePayload } from '@aws-sdk/client-iot'
import { expect, test } from 'vitest'
import { openTestGateway, SESSION_KEY } from '../../wire/testing.ts'
import { ACCOUNT, iotArn } from '../testing.ts'
import { rulesControlPlane } from './rules-control-plane.ts'
import { ROLE, rulesBench } from './testing.ts'

async function setUp(rolePolicies: readonly string[] = []) {
  const bench = await rulesBench()
  const { clock, store } = bench.cloud
  const tagged = new Map<string, unknown>()
  const tags = { set: (arn: string, given: unknown) => void tagged.set(arn, given), removeAll: (arn: string) => void tagged.delete(arn) }
  const gateway = await openTestGateway({ services: [rulesControlPlane({ account: ACCOUNT, clock, store, rules: bench.rules, tags })], clock, rolePolicies })
  return { bench, tagged, iot: new IoTClient(gateway.client()), session: new IoTClient(gateway.client(SESSION_KEY)) }
}

const PAYLOAD: TopicRulePayload = { sql: "SELECT * FROM 'a/+'", awsIotSqlVersion: '2016-03-23', actions: [{ s3: { bucketName: 'b', key: 'k', roleArn: ROLE } }] }

test('a rule is created, read, listed, switched, replaced and deleted', async () => {
  const { iot, bench, tagged } = await setUp()
  await iot.send(new CreateTopicRuleCommand({ ruleName: 'r1', topicRulePayload: { ...PAYLOAD, description: 'first' }, tags: 'a=b&c=d+e' }))
  expect(tagged.get(iotArn('rule/r1'))).toEqual([{ Key: 'a', Value: 'b' }, { Key: 'c', Value: 'd e' }])
  expect(await iot.send(new GetTopicRuleCommand({ ruleName: 'r1' }))).toMatchObject({ ruleArn: iotArn('rule/r1'), rule: { ...PAYLOAD, ruleName: 'r1', description: 'first', ruleDisabled: false, createdAt: expect.any(Date) as Date } })
  await expect(iot.send(new CreateTopicRuleCommand({ ruleName: 'r1', topicRulePayload: PAYLOAD }))).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' })
  expect((await iot.send(new ListTopicRulesCommand({ topic: 'a/x' }))).rules).toMatchObject([{ ruleName: 'r1', topicPattern: 'a/+', ruleDisabled: false }])
  expect((await iot.send(new ListTopicRulesCommand({ topic: 'b' }))).rules).toEqual([])
  await iot.send(new DisableTopicRuleCommand({ ruleName: 'r1' }))
  await bench.publish('a/1', '{}')
  expect(bench.objects.size).toBe(0)
  await iot.send(new EnableTopicRuleCommand({ ruleName: 'r1' }))
  await bench.publish('a/1', '{}')
  expect(bench.objects.size).toBe(1)
  await iot.send(new ReplaceTopicRuleCommand({ ruleName: 'r1', topicRulePayload: { ...PAYLOAD, sql: 'SELECT 1 AS n' } }))
  expect((await iot.send(new GetTopicRuleCommand({ ruleName: 'r1' }))).rule?.sql).toBe('SELECT 1 AS n')
  await iot.send(new DeleteTopicRuleCommand({ ruleName: 'r1' }))
  await expect(iot.send(new GetTopicRuleCommand({ ruleName: 'r1' }))).rejects.toMatchObject({ name: 'UnauthorizedException' })
  expect(tagged.size).toBe(0)
})

test.each<[string, { ruleName?: string } & Partial<TopicRulePayload>, string]>([
  ['a name that is none', { ruleName: 'a-b' }, 'InvalidRequestException'],
  ['SQL that cannot be read', { sql: 'SELECT' }, 'SqlParseException'],
  ['a topic filter that is none', { sql: "SELECT * FROM 'a/#/b'" }, 'SqlParseException'],
  ['a template that cannot be read', { actions: [{ republish: { topic: '${topic(', roleArn: ROLE } }] }, 'SqlParseException'],
  ['an action that is not offered', { actions: [{ kinesis: { streamName: 'x', roleArn: ROLE } }] }, 'InvalidRequestException'],
  ['an error action that is not offered', { errorAction: { sqs: { queueUrl: 'x', roleArn: ROLE } } }, 'InvalidRequestException'],
  ['QoS 2', { actions: [{ republish: { topic: 'a', roleArn: ROLE, qos: 2 } }] }, 'InvalidRequestException'],
  ['eleven actions', { actions: Array.from({ length: 11 }, () => ({ lambda: { functionArn: 'x' } })) }, 'InvalidRequestException'],
])('a rule with %s is refused, and nothing is kept of it', async (_case, { ruleName = 'r1', ...part }, name) => {
  const { iot, bench } = await setUp()
  await expect(iot.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload: { ...PAYLOAD, ...part } }))).rejects.toMatchObject({ name })
  expect(bench.rules.records.count()).toBe(0)
})

test('rules come in pages', async () => {
  const { iot } = await setUp()
  for (const ruleName of ['a', 'b', 'c']) await iot.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload: PAYLOAD }))
  const first = await iot.send(new ListTopicRulesCommand({ maxResults: 2 }))
  const second = await iot.send(new ListTopicRulesCommand({ maxResults: 2, nextToken: first.nextToken }))
  expect([first, second].flatMap(({ rules = [] }) => rules.map(({ ruleName }) => ruleName))).toEqual(['a', 'b', 'c'])
  expect(second.nextToken).toBeUndefined()
})

test('who creates a rule must be allowed to pass its role to AWS IoT', async () => {
  const may = (condition: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:CreateTopicRule', Resource: iotArn('rule/*') }, { Effect: 'Allow', Action: 'iam:PassRole', Resource: ROLE, Condition: condition }] })
  const create = new CreateTopicRuleCommand({ ruleName: 'r1', topicRulePayload: PAYLOAD })
  const { session: denied } = await setUp([may({ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } })])
  await expect(denied.send(create)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  const { session } = await setUp([may({ StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } })])
  await session.send(create)
})
