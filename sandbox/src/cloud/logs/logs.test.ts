// sandbox/src/cloud/logs/logs.test.ts: CloudWatch Logs through the real SDK client.
import {
  CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, DeleteLogGroupCommand, DescribeLogGroupsCommand, DescribeLogStreamsCommand, FilterLogEventsCommand, GetLogEventsCommand, ListTagsForResourceCommand, PutLogEventsCommand,
  PutRetentionPolicyCommand, TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cloudClock } from '../clock.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT, openTestGateway, SESSION_KEY } from '../wire/testing.ts'
import { compileFilterPattern, PatternMalformed } from './filter-pattern.ts'
import { openLogs } from './logs.ts'

const ARN = 'arn:aws:logs:eu-central-1:000000000000:log-group:/fleet/x'
const DAY_MS = 86_400_000

async function open(rolePolicies: readonly string[] = []) {
  const store = openStore(':memory:')
  onTestFinished(() => store[Symbol.dispose]())
  const clock = cloudClock(store)
  const logs = openLogs({ store, clock, account: ACCOUNT })
  const gateway = await openTestGateway({ services: [logs.service], clock, rolePolicies })
  const sdk = new CloudWatchLogsClient(gateway.client())
  await sdk.send(new CreateLogGroupCommand({ logGroupName: '/fleet/x', tags: { a: '1' } }))
  for (const logStreamName of ['s1', 's2']) await sdk.send(new CreateLogStreamCommand({ logGroupName: '/fleet/x', logStreamName }))
  const put = (logStreamName: string, ...logEvents: { timestamp: number; message: string }[]) => sdk.send(new PutLogEventsCommand({ logGroupName: '/fleet/x', logStreamName, logEvents }))
  return { ...gateway, logs, clock, sdk, put, asRole: new CloudWatchLogsClient(gateway.client(SESSION_KEY)) }
}

test('groups and streams are made, told and deleted', async () => {
  const { sdk } = await open()
  await sdk.send(new PutRetentionPolicyCommand({ logGroupName: '/fleet/x', retentionInDays: 7 }))
  await sdk.send(new TagResourceCommand({ resourceArn: ARN, tags: { b: '2' } }))
  expect((await sdk.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/fleet' }))).logGroups).toMatchObject([{ logGroupName: '/fleet/x', retentionInDays: 7, arn: `${ARN}:*`, creationTime: expect.any(Number) }])
  expect((await sdk.send(new DescribeLogGroupsCommand({ logGroupIdentifiers: ['/other'] }))).logGroups).toEqual([])
  expect((await sdk.send(new ListTagsForResourceCommand({ resourceArn: `${ARN}:*` }))).tags).toEqual({ a: '1', b: '2' })
  expect((await sdk.send(new DescribeLogStreamsCommand({ logGroupName: '/fleet/x', limit: 1 }))).logStreams).toMatchObject([{ logStreamName: 's1', arn: `${ARN}:log-stream:s1` }])
  await sdk.send(new DeleteLogGroupCommand({ logGroupName: '/fleet/x' }))
  await expect(sdk.send(new DescribeLogStreamsCommand({ logGroupName: '/fleet/x' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test.each<[string, (opened: Awaited<ReturnType<typeof open>>) => Promise<unknown>, string]>([
  ['a group twice', ({ sdk }) => sdk.send(new CreateLogGroupCommand({ logGroupName: '/fleet/x' })), 'ResourceAlreadyExistsException'],
  ['a bad name', ({ sdk }) => sdk.send(new CreateLogGroupCommand({ logGroupName: 'a b' })), 'InvalidParameterException'],
  ['a missing name', ({ sdk }) => sdk.send(new CreateLogGroupCommand({ logGroupName: undefined })), 'InvalidParameterException'],
  ['an odd retention', ({ sdk }) => sdk.send(new PutRetentionPolicyCommand({ logGroupName: '/fleet/x', retentionInDays: 2 })), 'InvalidParameterException'],
  ['events of an unknown stream', ({ put }) => put('none', { timestamp: Date.now(), message: 'x' }), 'ResourceNotFoundException'],
  ['events in disorder', ({ put }) => put('s1', { timestamp: Date.now(), message: 'x' }, { timestamp: Date.now() - 5, message: 'y' }), 'InvalidParameterException'],
  ['no events', ({ put }) => put('s1'), 'InvalidParameterException'],
  ['a bad token', ({ sdk }) => sdk.send(new FilterLogEventsCommand({ logGroupName: '/fleet/x', nextToken: 'x' })), 'InvalidParameterException'],
  ['streams by name and by prefix', ({ sdk }) => sdk.send(new FilterLogEventsCommand({ logGroupName: '/fleet/x', logStreamNames: ['a'], logStreamNamePrefix: 'b' })), 'InvalidParameterException'],
  ['a bad pattern', ({ sdk }) => sdk.send(new FilterLogEventsCommand({ logGroupName: '/fleet/x', filterPattern: '{ $.a = }' })), 'InvalidParameterException'],
])('%s: refused', async (_case, act, name) => {
  await expect(act(await open())).rejects.toMatchObject({ name })
})

describe('events', () => {
  test('come back in order, from either end, page by page', async () => {
    const { sdk, put } = await open()
    const now = Date.now()
    await put('s1', ...[1, 2, 3, 4, 5].map((i) => ({ timestamp: now + Math.floor(i / 2), message: `m${i}` })))
    const read = async (more: object) => {
      const { events, nextForwardToken, nextBackwardToken } = await sdk.send(new GetLogEventsCommand({ logGroupName: '/fleet/x', logStreamName: 's1', limit: 2, ...more }))
      return { messages: events?.map(({ message }) => message), nextForwardToken, nextBackwardToken }
    }
    const first = await read({ startFromHead: true })
    const second = await read({ nextToken: first.nextForwardToken })
    const third = await read({ nextToken: second.nextForwardToken })
    const end = await read({ nextToken: third.nextForwardToken })
    expect([first.messages, second.messages, third.messages, end.messages]).toEqual([['m1', 'm2'], ['m3', 'm4'], ['m5'], []])
    expect(end.nextForwardToken).toBe(third.nextForwardToken)
    const last = await read({})
    expect([last.messages, (await read({ nextToken: last.nextBackwardToken })).messages]).toEqual([['m4', 'm5'], ['m2', 'm3']])
  })

  test('are filtered over streams, page by page', async () => {
    const { sdk, put } = await open()
    const now = Date.now()
    for (const stream of ['s2', 's1']) await put(stream, ...[0, 0, 1].map((ms, i) => ({ timestamp: now + ms, message: JSON.stringify({ level: i === 1 ? 'warn' : 'info', i, stream }) })))
    const seen: (string | undefined)[] = []
    let nextToken: string | undefined
    do {
      const page: { events?: { message?: string }[]; nextToken?: string } = await sdk.send(new FilterLogEventsCommand({ logGroupIdentifier: ARN, filterPattern: '{ $.level = "info" }', limit: 1, nextToken }))
      seen.push(...(page.events ?? []).map(({ message }) => message))
      nextToken = page.nextToken
    } while (nextToken)
    expect(seen.map((message): unknown => JSON.parse(message ?? ''))).toMatchObject([{ stream: 's1', i: 0 }, { stream: 's2', i: 0 }, { stream: 's1', i: 2 }, { stream: 's2', i: 2 }])
    expect((await sdk.send(new FilterLogEventsCommand({ logGroupName: '/fleet/x', logStreamNames: ['s1'], startTime: now + 1 }))).events).toHaveLength(1)
  })

  test('that are too old, too new or past retention are rejected; what outlives its retention goes', async () => {
    const { sdk, put, clock, client } = await open()
    const now = Date.now()
    expect((await put('s1', { timestamp: now - 15 * DAY_MS, message: 'old' })).rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 })
    expect((await put('s1', { timestamp: now, message: 'ok' }, { timestamp: now + 3 * 3_600_000, message: 'new' })).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 })
    await sdk.send(new PutRetentionPolicyCommand({ logGroupName: '/fleet/x', retentionInDays: 1 }))
    clock.advance(2 * DAY_MS)
    const late = new CloudWatchLogsClient({ ...client(), systemClockOffset: 2 * DAY_MS })
    expect((await late.send(new FilterLogEventsCommand({ logGroupName: '/fleet/x' }))).events).toEqual([])
  })

  test('of services make their group and stream', async () => {
    const { sdk, logs } = await open()
    logs.sink.append('AWSIotLogsV2', 'x', ['one', 'two'])
    expect((await sdk.send(new FilterLogEventsCommand({ logGroupName: 'AWSIotLogsV2' }))).events?.map(({ message }) => message)).toEqual(['one', 'two'])
  })
})

test('a role writes where its policy says', async () => {
  const { asRole } = await open([JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `${ARN}:*` } })])
  await asRole.send(new CreateLogStreamCommand({ logGroupName: '/fleet/x', logStreamName: 'own' }))
  await expect(asRole.send(new CreateLogStreamCommand({ logGroupName: '/fleet/y', logStreamName: 'own' }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

describe('filter patterns', () => {
  test.each<[string, string, boolean]>([
    ['', 'x', true],
    ['ERROR', 'an ERROR', true],
    ['error', 'an ERROR', false],
    ['a b', 'b a', true],
    ['a -b', 'a b', false],
    ['?a ?b', 'only b', true],
    ['"a b"', 'xa bx', true],
    ['"a b"', 'b a', false],
    ['{ $.a = "b" }', '{"a":"b"}', true],
    ['{ $.a = b* }', '{"a":"bcd"}', true],
    ['{ $.a = *b*d }', '{"a":"abcd"}', true],
    ['{ $.a = "b*" }', '{"a":"cb"}', false],
    ['{ $.a != "b" }', '{"a":"c"}', true],
    ['{ $.a != "b" }', '{}', false],
    ['{ $.a.b[1] = 5 }', '{"a":{"b":[4,5]}}', true],
    ['{ $.a >= 5 && $.b < 2 }', '{"a":5,"b":1}', true],
    ['{ ($.a = 1 || $.a = 2) && $.b = 3 }', '{"a":2,"b":3}', true],
    ['{ $.a = 1 || $.a = 2 && $.b = 3 }', '{"a":1,"b":9}', true],
    ['{ $.a IS NULL }', '{"a":null}', true],
    ['{ $.a NOT EXISTS }', '{}', true],
    ['{ $.a IS TRUE }', '{"a":true}', true],
    ['{ $.a = "b" }', 'no json', false],
    ['{ $.__proto__ = "b" }', '{}', false],
  ])('%s on %s: %s', (pattern, message, expected) => {
    expect(compileFilterPattern(pattern)(message)).toBe(expected)
  })

  test.each(['{ $.a = "b" ', '{ a = "b" }', '{ $.a }', '{ $.a = 1 ) }', '[a, b]', '{ $.a < "x" }', '{ ($.a = 1 }'])('%s is refused', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow(PatternMalformed)
  })
})
