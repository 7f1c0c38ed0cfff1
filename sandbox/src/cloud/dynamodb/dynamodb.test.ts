// sandbox/src/cloud/dynamodb/dynamodb.test.ts: tables as the AWS SDK uses them, kept over a restart, and who may touch which attributes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BatchGetItemCommand, BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeContinuousBackupsCommand, DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, GetItemCommand, ListTablesCommand, ListTagsOfResourceCommand, PutItemCommand, QueryCommand, ScanCommand, UpdateContinuousBackupsCommand, UpdateItemCommand, UpdateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { cloudClock } from '../clock.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT, openTestGateway, SESSION_KEY } from '../wire/testing.ts'
import { openDynamoDb } from './dynamodb.ts'
import { openEngine } from './engine.ts'
import { sweep } from './expiry.ts'
import { tableSettings } from './table-settings.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const TABLE = { TableName: 'events', BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'thing', KeyType: 'HASH' }, { AttributeName: 'entry', KeyType: 'RANGE' }], AttributeDefinitions: [{ AttributeName: 'thing', AttributeType: 'S' }, { AttributeName: 'entry', AttributeType: 'S' }] } as const
const create = () => new CreateTableCommand({ ...TABLE, KeySchema: [...TABLE.KeySchema], AttributeDefinitions: [...TABLE.AttributeDefinitions], Tags: [{ Key: 'fleet', Value: 'dev' }] })

async function bench(rolePolicies: readonly string[] = []) {
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const dynamo = openDynamoDb({ account: ACCOUNT, store, clock, log: silent, folder: undefined })
  onTestFinished(() => dynamo[Symbol.asyncDispose]())
  const gateway = await openTestGateway({ services: [dynamo.service], rolePolicies })
  return { dynamo, db: new DynamoDBClient(gateway.client()), asRole: new DynamoDBClient(gateway.client(SESSION_KEY)) }
}

const item = (entry: string, more: object = {}) => ({ thing: { S: 'a' }, entry: { S: entry }, ...more })

test('items are put, changed on a condition, found in the order of their keys, page by page, and deleted', async () => {
  const { db } = await bench()
  expect((await db.send(create())).TableDescription).toMatchObject({ TableArn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/events', BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } })
  expect((await db.send(new DescribeTableCommand({ TableName: 'events' }))).Table).toMatchObject({ TableStatus: 'ACTIVE', CreationDateTime: expect.any(Date) as unknown })
  for (const entry of ['3', '1', '2']) await db.send(new PutItemCommand({ TableName: 'events', Item: item(entry, { bytes: { B: Buffer.from([0, 255]) }, list: { L: [{ M: { n: { N: '1.5' } } }] } }) }))
  const { Item } = await db.send(new GetItemCommand({ TableName: 'events', Key: item('2') }))
  expect(Item).toMatchObject({ list: { L: [{ M: { n: { N: '1.5' } } }] } })
  expect(Buffer.from(Item?.['bytes']?.B ?? [])).toEqual(Buffer.from([0, 255]))
  const query = { TableName: 'events', KeyConditionExpression: 'thing = :t AND entry BETWEEN :a AND :b', ExpressionAttributeValues: { ':t': { S: 'a' }, ':a': { S: '1' }, ':b': { S: '2' } } }
  const first = await db.send(new QueryCommand({ ...query, Limit: 1 }))
  expect(first.Items?.map(({ entry }) => entry?.S)).toEqual(['1'])
  expect((await db.send(new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }))).Items?.map(({ entry }) => entry?.S)).toEqual(['2'])
  const update = (n: string) => db.send(new UpdateItemCommand({ TableName: 'events', Key: item('2'), UpdateExpression: 'SET seen = :n', ConditionExpression: 'attribute_not_exists(seen)', ExpressionAttributeValues: { ':n': { N: n } }, ReturnValues: 'ALL_NEW' }))
  expect((await update('1')).Attributes?.['seen']).toEqual({ N: '1' })
  await expect(update('2')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', message: 'The conditional request failed' })
  await db.send(new DeleteItemCommand({ TableName: 'events', Key: item('1') }))
  expect((await db.send(new ScanCommand({ TableName: 'events', Select: 'COUNT' }))).Count).toBe(2)
})

test('items go in and out in batches', async () => {
  const { db } = await bench()
  await db.send(create())
  await db.send(new BatchWriteItemCommand({ RequestItems: { events: ['1', '2'].map((entry) => ({ PutRequest: { Item: item(entry) } })) } }))
  const { Responses } = await db.send(new BatchGetItemCommand({ RequestItems: { events: { Keys: [item('1'), item('2'), item('3')] } } }))
  expect(Responses?.['events']).toHaveLength(2)
})

test('a table has its settings, tags and protection', async () => {
  const { db } = await bench()
  await db.send(create())
  const TableName = 'events'
  expect((await db.send(new ListTagsOfResourceCommand({ ResourceArn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/events' }))).Tags).toEqual([{ Key: 'fleet', Value: 'dev' }])
  await db.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }))
  expect((await db.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' })
  await db.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
  expect((await db.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED')
  await db.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }))
  await expect(db.send(new DeleteTableCommand({ TableName }))).rejects.toMatchObject({ name: 'ValidationException' })
  await db.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
  await db.send(new DeleteTableCommand({ TableName }))
  await expect(db.send(new PutItemCommand({ TableName, Item: item('1') }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(db.send(new DescribeTimeToLiveCommand({ TableName }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('what is wrong is refused in the words of DynamoDB', async () => {
  const { db } = await bench()
  await db.send(create())
  await expect(db.send(create())).rejects.toMatchObject({ name: 'ResourceInUseException' })
  await expect(db.send(new PutItemCommand({ TableName: 'events', Item: { thing: { S: 'a' } } }))).rejects.toMatchObject({ name: 'ValidationException', message: 'One or more parameter values were invalid: Missing the key entry in the item' })
  await expect(db.send(new PutItemCommand({ TableName: 'events', Item: item('1', { big: { S: 'x'.repeat(400 * 1024) } }) }))).rejects.toMatchObject({ name: 'ValidationException', message: 'Item size has exceeded the maximum allowed size' })
  expect((await db.send(new ListTablesCommand({}))).TableNames).toEqual(['events'])
})

test('what a table cannot do here is refused by name, and nothing of the request is kept', async () => {
  const { db } = await bench()
  const not = (member: string) => ({ name: 'ValidationException', message: `Not offered by the sandbox: ${member}.` })
  await expect(db.send(new CreateTableCommand({ ...create().input, OnDemandThroughput: { MaxReadRequestUnits: 1 } }))).rejects.toMatchObject(not('OnDemandThroughput'))
  await expect(db.send(new CreateTableCommand({ ...create().input, ResourcePolicy: '{}' }))).rejects.toMatchObject(not('ResourcePolicy'))
  await db.send(create())
  await expect(db.send(new UpdateTableCommand({ TableName: 'events', DeletionProtectionEnabled: true, ReplicaUpdates: [{ Delete: { RegionName: 'eu-west-1' } }] }))).rejects.toMatchObject(not('ReplicaUpdates'))
  await expect(db.send(new UpdateTableCommand({ TableName: 'events', DeletionProtectionEnabled: true, BillingMode: 'PROVISIONED' }))).rejects.toMatchObject({ name: 'ValidationException' })
  expect((await db.send(new DescribeTableCommand({ TableName: 'events' }))).Table?.DeletionProtectionEnabled).toBe(false)
  await expect(db.send(new DescribeContinuousBackupsCommand({ TableName: 'none' }))).rejects.toMatchObject({ name: 'TableNotFoundException' })
})

test('a condition that does not hold tells the item to whoever asks for it, and compares numbers as numbers', async () => {
  const { db } = await bench()
  await db.send(create())
  const put = (n: string, more: object) => db.send(new PutItemCommand({ TableName: 'events', Item: item('1', { n: { N: n } }), ...more }))
  await put('1.5', {})
  const absent = { ConditionExpression: 'attribute_not_exists(thing)' }
  await expect(put('2', { ...absent, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: item('1', { n: { N: '1.5' } }) })
  await expect(put('2', absent)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined })
  await put('3', { ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': { N: '01.50' } } })
  expect((await db.send(new GetItemCommand({ TableName: 'events', Key: item('1') }))).Item?.['n']).toEqual({ N: '3' })
})

test('a role reads its own table; it changes the attributes that its policy names, and no others', async () => {
  const arn = 'arn:aws:dynamodb:eu-central-1:000000000000:table/events'
  const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['thing', 'entry', 'state', 'seenBy'], 'dynamodb:LeadingKeys': ['a'] }, StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_NEW'] } }
  const { db, asRole } = await bench([JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn }, { Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: arn, Condition }] })])
  await db.send(create())
  const update = (more: object = {}) => asRole.send(new UpdateItemCommand({ TableName: 'events', Key: item('1'), UpdateExpression: 'SET seenBy = :by', ConditionExpression: 'attribute_not_exists(#state)', ExpressionAttributeNames: { '#state': 'state' }, ExpressionAttributeValues: { ':by': { S: 'me' } }, ...more }))
  await update()
  expect((await asRole.send(new GetItemCommand({ TableName: 'events', Key: item('1') }))).Item).toEqual(item('1', { seenBy: { S: 'me' } }))
  const denied = { name: 'AccessDeniedException' }
  await expect(update({ UpdateExpression: 'SET seenBy = :by, other = :by' })).rejects.toMatchObject(denied)
  await expect(update({ ReturnValues: 'ALL_NEW' })).rejects.toMatchObject(denied)
  await expect(update({ Key: { thing: { S: 'b' }, entry: { S: '1' } } })).rejects.toMatchObject(denied)
  await expect(asRole.send(new QueryCommand({ TableName: 'events', KeyConditionExpression: 'thing = :t', ExpressionAttributeValues: { ':t': { S: 'a' } } }))).rejects.toMatchObject(denied)
})

test('items outlive a restart; those whose time has come are swept, others never', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamodb-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const nowS = Math.floor(clock.now().getTime() / 1000)
  let written: readonly Promise<void>[]
  {
    await using dynamo = openDynamoDb({ account: ACCOUNT, store, clock, log: silent, folder })
    const db = new DynamoDBClient((await openTestGateway({ services: [dynamo.service] })).client())
    await db.send(create())
    await db.send(new UpdateTimeToLiveCommand({ TableName: 'events', TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }))
    for (const [entry, expiresAt] of [['past', nowS - 10], ['future', nowS + 1000], ['absurd', 1]] as const) await dynamo.items.put('events', { thing: 'a', entry, expiresAt, list: [1, null, true] })
    await dynamo.items.put('events', { thing: 'a', entry: 'never' })
    written = ['last', 'last but one'].map((entry) => dynamo.items.put('events', { thing: 'a', entry })) // when the cloud is told to end
  }
  await Promise.all(written)
  await using engine = openEngine(folder, ACCOUNT)
  expect(await sweep({ engine, settings: tableSettings(store), clock, log: silent })).toBe(1)
  const { Items } = (await engine.call('Scan', { TableName: 'events' })) as { Items: { entry: { S: string } }[] }
  expect(Items.map(({ entry }) => entry.S).sort()).toEqual(['absurd', 'future', 'last', 'last but one', 'never'])
})
