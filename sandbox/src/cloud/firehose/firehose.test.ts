// sandbox/src/cloud/firehose/firehose.test.ts: a delivery stream gathers, compresses and files; what it cannot deliver it keeps.
import { CreateDeliveryStreamCommand, DescribeDeliveryStreamCommand, FirehoseClient, ListDeliveryStreamsCommand, PutRecordBatchCommand, PutRecordCommand, UpdateDestinationCommand } from '@aws-sdk/client-firehose'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { cloudClock } from '../clock.ts'
import type { RoleSessions } from '../ports.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT, openTestGateway, SESSION_KEY } from '../wire/testing.ts'
import { openFirehose } from './firehose.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const DESTINATION = { RoleARN: 'arn:aws:iam::000000000000:role/deliver', BucketARN: 'arn:aws:s3:::kept', CompressionFormat: 'GZIP', Prefix: "telemetry/date=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/", ErrorOutputPrefix: 'errors/', BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 } } as const

async function bench() {
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const objects = new Map<string, Uint8Array>()
  let mayPut = true
  const roles: RoleSessions = {
    assume: ({ durationSeconds }) => ({ accessKeyId: '', secretAccessKey: '', sessionToken: '', expiration: new Date(clock.now().getTime() + durationSeconds * 1000) }),
    permits: (role, action, resource) => mayPut && role === DESTINATION.RoleARN && action === 's3:PutObject' && resource.startsWith('arn:aws:s3:::kept/'),
  }
  const open = () => openFirehose({ account: ACCOUNT, store, clock, log: silent, roles, objects: { get: () => undefined, put: (bucket, key, body) => void objects.set(`${bucket}/${key}`, body) } })
  const firehose = open()
  onTestFinished(() => firehose[Symbol.dispose]())
  const gateway = await openTestGateway({ services: [firehose.service], rolePolicies: [JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'firehose:CreateDeliveryStream', Resource: '*' }] })] })
  const client = new FirehoseClient(gateway.client())
  const created = () => client.send(new CreateDeliveryStreamCommand({ DeliveryStreamName: 's', ExtendedS3DestinationConfiguration: DESTINATION }))
  const put = (text: string) => client.send(new PutRecordCommand({ DeliveryStreamName: 's', Record: { Data: Buffer.from(text) } }))
  const read = () => [...objects].map(([key, bytes]) => [key, gunzipSync(bytes).toString()] as const)
  return { ...{ client, created, put, read, clock, firehose, open }, asRole: new FirehoseClient(gateway.client(SESSION_KEY)), forbid: (isForbidden: boolean) => (mayPut = !isForbidden) }
}

test('records come into one compressed object under the date of the oldest, when that has waited long enough', async () => {
  const { created, put, read, clock, firehose } = await bench()
  await created()
  const at = clock.now().toISOString()
  await put('{"n":1}\n')
  await put('{"n":2}\n')
  firehose.tick()
  expect(read()).toEqual([])
  clock.advance(61_000)
  firehose.tick()
  const [[key, text] = []] = read()
  expect(key).toMatch(new RegExp(`^kept/telemetry/date=${at.slice(0, 10)}/hour=${at.slice(11, 13)}/s-1-${at.slice(0, 10)}-${at.slice(11, 13)}-\\d\\d-\\d\\d-[\\da-f-]{36}\\.gz$`))
  expect(text).toBe('{"n":1}\n{"n":2}\n')
  clock.advance(3_600_000)
  firehose.tick()
  expect(read()).toHaveLength(1)
})

test('enough of them are delivered at once', async () => {
  const { client, created, read, firehose } = await bench()
  await created()
  await client.send(new PutRecordBatchCommand({ DeliveryStreamName: 's', Records: Array.from({ length: 3 }, () => ({ Data: Buffer.alloc(400 * 1024) })) }))
  firehose.tick()
  expect(read()).toHaveLength(1)
})

test('what the role may not write is kept, over a restart too, and delivered as soon as it may', async () => {
  const { created, put, read, clock, firehose, forbid, open } = await bench()
  await created()
  await put('kept\n')
  forbid(true)
  clock.advance(61_000)
  firehose.tick()
  expect(read()).toEqual([])
  firehose[Symbol.dispose]()
  forbid(false)
  using again = open()
  clock.advance(61_000)
  again.tick()
  expect(read().map(([, text]) => text)).toEqual(['kept\n'])
})

test('streams are described and changed; a wrong version, an unknown stream and what is not offered are refused', async () => {
  const { client, created } = await bench()
  await created()
  await client.send(new UpdateDestinationCommand({ DeliveryStreamName: 's', CurrentDeliveryStreamVersionId: '1', DestinationId: 'destinationId-000000000001', ExtendedS3DestinationUpdate: { BufferingHints: { IntervalInSeconds: 900, SizeInMBs: 5 } } }))
  const { DeliveryStreamDescription } = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: 's' }))
  expect(DeliveryStreamDescription).toMatchObject({ VersionId: '2', DeliveryStreamStatus: 'ACTIVE', Destinations: [{ ExtendedS3DestinationDescription: { CompressionFormat: 'GZIP', BufferingHints: { IntervalInSeconds: 900 } } }] })
  expect((await client.send(new ListDeliveryStreamsCommand({}))).DeliveryStreamNames).toEqual(['s'])
  await expect(client.send(new UpdateDestinationCommand({ DeliveryStreamName: 's', CurrentDeliveryStreamVersionId: '1', DestinationId: 'destinationId-000000000001', ExtendedS3DestinationUpdate: {} }))).rejects.toMatchObject({ name: 'ConcurrentModificationException' })
  await expect(client.send(new PutRecordCommand({ DeliveryStreamName: 'x', Record: { Data: Buffer.from('x') } }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(created()).rejects.toMatchObject({ name: 'ResourceInUseException' })
  for (const more of [{ Prefix: '!{partitionKeyFromQuery:a}/' }, { CompressionFormat: 'Snappy' as const }, { DynamicPartitioningConfiguration: { Enabled: true } }, { CloudWatchLoggingOptions: { Enabled: true } }, { EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: 'arn:aws:kms:eu-central-1:000000000000:key/1' } } }])
    await expect(client.send(new CreateDeliveryStreamCommand({ DeliveryStreamName: 't', ExtendedS3DestinationConfiguration: { ...DESTINATION, ...more } }))).rejects.toMatchObject({ name: 'InvalidArgumentException' })
})

test('whoever lends a role to a stream must be allowed to pass it', async () => {
  const { asRole } = await bench()
  await expect(asRole.send(new CreateDeliveryStreamCommand({ DeliveryStreamName: 's', ExtendedS3DestinationConfiguration: DESTINATION }))).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('iam:PassRole') as string })
})
