// sandbox/src/cloud/iot-core/data-plane/data-plane.test.ts: the AWS SDK and devices by mutual TLS call the data plane on a real gateway.
import { request } from 'node:https'
import { DeleteConnectionCommand, GetConnectionCommand, GetRetainedMessageCommand, GetThingShadowCommand, DeleteThingShadowCommand, IoTDataPlaneClient, ListNamedShadowsForThingCommand, ListRetainedMessagesCommand, ListSubscriptionsCommand, PublishCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { expect, test } from 'vitest'
import type { DeviceCertificate } from '../../ports.ts'
import { openTestGateway, SESSION_KEY } from '../../wire/testing.ts'
import { cognitoIdentities } from '../policy/cognito-identity.ts'
import { deviceIdentities } from '../policy/device-identity.ts'
import { openShadows } from '../shadows/shadows.ts'
import { ended, inbox, iotArn, policyAllowing, testCloud, type ClientCredentials } from '../testing.ts'
import { iotDataPlane } from './data-plane.ts'

async function setUp(rolePolicies: readonly string[] = []) {
  const cloud = await testCloud()
  const { store, clock, broker, registry } = cloud
  const shadows = openShadows({ store, clock, bus: broker })
  const gateway = await openTestGateway({ services: [iotDataPlane({ broker, shadows, identities: deviceIdentities(registry, clock), people: cognitoIdentities({}, registry), clock })], clock, rolePolicies, certificateArn: (id) => activeArn(registry.certificate(id)) })
  return { cloud, shadows, gateway, aws: new IoTDataPlaneClient(gateway.client()), session: new IoTDataPlaneClient(gateway.client(SESSION_KEY)) }
}

const activeArn = (certificate: DeviceCertificate | undefined) => (certificate?.status === 'ACTIVE' ? certificate.arn : undefined)
const text = (payload: Uint8Array | undefined) => Buffer.from(payload ?? []).toString()
const json = (payload: Uint8Array | undefined) => JSON.parse(text(payload)) as unknown

test('shadows by HTTP: the same documents, and devices hear of updates', async () => {
  const { cloud, aws } = await setUp()
  const device = await cloud.connect(await cloud.issue('t1'), { clientId: 't1' })
  await device.subscribeAsync('$aws/things/t1/shadow/name/led/update/delta')
  const updated = await aws.send(new UpdateThingShadowCommand({ thingName: 't1', shadowName: 'led', payload: Buffer.from('{"state":{"desired":{"f":5}}}') }))
  expect(json(updated.payload)).toMatchObject({ state: { desired: { f: 5 } }, version: 1 })
  expect(JSON.parse((await inbox(device).next()).text)).toMatchObject({ state: { f: 5 }, version: 1 })
  expect(json((await aws.send(new GetThingShadowCommand({ thingName: 't1', shadowName: 'led' }))).payload)).toMatchObject({ state: { desired: { f: 5 }, delta: { f: 5 } } })
  expect(await aws.send(new ListNamedShadowsForThingCommand({ thingName: 't1' }))).toMatchObject({ results: ['led'] })
  expect(json((await aws.send(new DeleteThingShadowCommand({ thingName: 't1', shadowName: 'led' }))).payload)).toMatchObject({ version: 1 })
})

test.each<[string, { shadowName?: string; thingName?: string; payload: string | Uint8Array }, string, number]>([
  ['an invalid document', { payload: '{' }, 'InvalidRequestException', 400],
  ['a stale version', { payload: '{"state":{},"version":7}' }, 'ConflictException', 409],
  ['too much state', { payload: JSON.stringify({ state: { desired: { a: 'x'.repeat(9000) } } }) }, 'RequestEntityTooLargeException', 413],
  ['other bytes than UTF-8', { payload: Uint8Array.of(0x7b, 0xff) }, 'UnsupportedDocumentEncodingException', 415],
  ['a shadow name that is none', { shadowName: 'a b', payload: '{}' }, 'InvalidRequestException', 400],
])('an update with %s', async (_case, { thingName = 't1', payload, ...input }, name, httpStatusCode) => {
  const { aws } = await setUp()
  await expect(aws.send(new UpdateThingShadowCommand({ thingName, ...input, payload: Buffer.from(payload) }))).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
})

test('a shadow that is not there', async () => {
  const { aws } = await setUp()
  await expect(aws.send(new GetThingShadowCommand({ thingName: 't1' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: "No shadow exists with name: 't1'" })
})

test('named shadows come in pages, each once', async () => {
  const { aws, shadows } = await setUp()
  for (let i = 0; i < 5; i++) await shadows.update({ thingName: 't1', shadowName: `s${i}` }, Buffer.from('{"state":{}}'))
  const found: string[] = []
  let nextToken: string | undefined
  do {
    const page = await aws.send(new ListNamedShadowsForThingCommand({ thingName: 't1', pageSize: 2, nextToken }))
    found.push(...(page.results ?? []))
    ;({ nextToken } = page)
  } while (nextToken !== undefined)
  expect(found).toEqual(['s0', 's1', 's2', 's3', 's4'])
  await expect(aws.send(new ListNamedShadowsForThingCommand({ thingName: 't1', nextToken: 'made up' }))).rejects.toMatchObject({ name: 'InvalidRequestException' })
})

test('Publish reaches subscribers with its MQTT 5 properties, and services on reserved topics', async () => {
  const { cloud, aws } = await setUp()
  const device = await cloud.connect(await cloud.issue('t1'), { clientId: 't1', protocolVersion: 5 })
  await device.subscribeAsync(['a/b', '$aws/things/t1/shadow/update/accepted'], { qos: 1 })
  const userProperties = JSON.stringify([{ k: '1' }, { k: '2' }])
  await aws.send(new PublishCommand({ topic: 'a/b', qos: 1, payload: Buffer.from('hi'), contentType: 'text/plain', correlationData: 'Nw==', userProperties, payloadFormatIndicator: 'UTF8_DATA', messageExpiry: 60 }))
  expect(await inbox(device).next()).toMatchObject({
    text: 'hi',
    qos: 1,
    properties: { contentType: 'text/plain', correlationData: Buffer.from('7'), userProperties: { k: ['1', '2'] }, payloadFormatIndicator: true },
  })
  await aws.send(new PublishCommand({ topic: '$aws/things/t1/shadow/update', payload: Buffer.from('{"state":{"desired":{"a":1}}}') }))
  expect(await inbox(device).next()).toMatchObject({ topic: '$aws/things/t1/shadow/update/accepted' })
})

test.each([
  ['a reserved topic that is not for clients', { topic: '$aws/events/presence/connected/x' }, 'InvalidRequestException'],
  ['a wildcard', { topic: 'a/+' }, 'InvalidRequestException'],
  ['QoS 2', { topic: 'a', qos: 2 }, 'InvalidRequestException'],
  ['129 KB', { topic: 'a', payload: Buffer.alloc(129 * 1024) }, 'RequestEntityTooLargeException'],
  ['user properties that are no list', { topic: 'a', userProperties: '{"a":1}' }, 'InvalidRequestException'],
])('Publish refuses %s', async (_case, input, name) => {
  const { aws } = await setUp()
  await expect(aws.send(new PublishCommand(input))).rejects.toMatchObject({ name })
})

test('retained messages can be read and listed', async () => {
  const { aws } = await setUp()
  for (const topic of ['r/1', 'r/2', 'r/3']) await aws.send(new PublishCommand({ topic, retain: true, qos: 1, payload: Buffer.from(topic) }))
  const message = await aws.send(new GetRetainedMessageCommand({ topic: 'r/2' }))
  expect(message).toMatchObject({ topic: 'r/2', qos: 1, lastModifiedTime: expect.any(Number) })
  expect(text(message.payload)).toBe('r/2')
  const first = await aws.send(new ListRetainedMessagesCommand({ maxResults: 2 }))
  const second = await aws.send(new ListRetainedMessagesCommand({ maxResults: 2, nextToken: first.nextToken }))
  expect([...(first.retainedTopics ?? []), ...(second.retainedTopics ?? [])].map(({ topic, payloadSize }) => [topic, payloadSize])).toEqual([['r/1', 3], ['r/2', 3], ['r/3', 3]])
  expect(second.nextToken).toBeUndefined()
  await expect(aws.send(new GetRetainedMessageCommand({ topic: 'none' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('connections can be looked at and cut', async () => {
  const { cloud, aws } = await setUp()
  const device = await cloud.connect(await cloud.issue('t1'), { clientId: 't1', protocolVersion: 5, keepalive: 60 })
  await device.subscribeAsync('a/b', { qos: 1 })
  expect(await aws.send(new GetConnectionCommand({ clientId: 't1', includeSocketInformation: true }))).toMatchObject({ connected: true, cleanSession: true, keepAliveDuration: 60, sourceIp: '127.0.0.1' })
  expect(await aws.send(new ListSubscriptionsCommand({ clientId: 't1' }))).toMatchObject({ subscriptions: [{ topicFilter: 'a/b', qos: 1 }] })
  const end = ended(device)
  await aws.send(new DeleteConnectionCommand({ clientId: 't1' }))
  expect(await end).toBe(0x98)
  expect(await aws.send(new GetConnectionCommand({ clientId: 't1' }))).toMatchObject({ connected: false, disconnectReason: 'API_INITIATED_DISCONNECT' })
  await expect(aws.send(new DeleteConnectionCommand({ clientId: 'nobody' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('a role session is held to its policies, by thing, shadow and topic', async () => {
  const { session } = await setUp([policyAllowing(['iot:UpdateThingShadow', 'iot:Publish'], [iotArn('thing/t1/led'), iotArn('topic/a/*')])])
  const payload = Buffer.from('{"state":{}}')
  await session.send(new UpdateThingShadowCommand({ thingName: 't1', shadowName: 'led', payload }))
  await expect(session.send(new UpdateThingShadowCommand({ thingName: 't1', payload }))).rejects.toMatchObject({ name: 'ForbiddenException' })
  await session.send(new PublishCommand({ topic: 'a/b' }))
  await expect(session.send(new PublishCommand({ topic: 'a/b', retain: true }))).rejects.toMatchObject({ name: 'ForbiddenException' })
})

test('a device by mutual TLS is held to its AWS IoT policies', async () => {
  const { cloud, gateway } = await setUp()
  const device = await cloud.issue('t1', [policyAllowing(['iot:Publish', 'iot:GetThingShadow'], [iotArn('topic/own/${iot:Certificate.Subject.CommonName}'), iotArn('thing/${iot:Certificate.Subject.CommonName}')])])
  const post = async (path: string) => statusOf(gateway.port, device, path)
  expect(await post('/topics/own%2Ft1?qos=1')).toBe(200)
  expect(await post('/topics/own%2Ft2?qos=1')).toBe(403)
  cloud.registry.setStatus(device.certificateId, 'INACTIVE')
  expect(await post('/topics/own%2Ft1?qos=1')).toBe(403)
})

async function statusOf(port: number, { cert, key }: ClientCredentials, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', cert, key, rejectUnauthorized: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    outgoing.on('error', reject)
    outgoing.end('{}')
  })
}
