// sandbox/src/cloud/iot-core/broker/publishing.test.ts: what clients may publish, and what becomes of it.
import type { MqttClient } from 'mqtt'
import { expect, test } from 'vitest'
import { ended, inbox, testCloud } from '../testing.ts'
import { free, limited, LIMITED } from './testing/clients.ts'

const VERSIONS = [4, 5] as const

test.each([
  [4, 4, 0],
  [4, 5, 1],
  [5, 4, 1],
  [5, 5, 0],
] as const)('a message goes from MQTT %s to MQTT %s at QoS %s', async (from, to, qos) => {
  const cloud = await testCloud()
  const receiver = await free(cloud, 'r', to)
  await receiver.subscribeAsync('own/+/x', { qos: 1 })
  const box = inbox(receiver)
  await (await limited(cloud, from)).publishAsync('own/a/x', 'hello', { qos })
  expect(await box.next()).toMatchObject({ topic: 'own/a/x', text: 'hello', qos, retain: false })
})

test('MQTT 5 properties reach an MQTT 5 subscriber, with what is left of the expiry', async () => {
  const cloud = await testCloud()
  const receiver = await free(cloud, 'r')
  await receiver.subscribeAsync('own/x')
  const box = inbox(receiver)
  const properties = { contentType: 'text/plain', responseTopic: 'own/answers', correlationData: Buffer.from('7'), userProperties: { a: '1' }, payloadFormatIndicator: true, messageExpiryInterval: 30 }
  await (await limited(cloud, 5)).publishAsync('own/x', '', { properties })
  expect((await box.next()).properties).toEqual({ ...properties, messageExpiryInterval: expect.toBeOneOf([29, 30]) })
})

test.each(VERSIONS)('an unauthorised publish at QoS 0 ends the connection (MQTT %s)', async (version) => {
  const cloud = await testCloud()
  const device = await limited(cloud, version)
  const end = ended(device)
  device.publish('others/x', 'hello')
  expect(await end).toBe(version === 5 ? 0x87 : undefined)
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'Publish-In', topicName: 'others/x', clientId: 'd1', reason: 'AUTHORIZATION_FAILURE', details: 'iot:Publish is not allowed on others/x' }])
  expect(cloud.broker.lastDisconnection('d1')?.reason).toBe('AUTH_ERROR')
})

test('an unauthorised publish at QoS 1 ends a 3.1.1 connection, and is answered in MQTT 5', async () => {
  const cloud = await testCloud()
  const old = await limited(cloud, 4)
  const end = ended(old)
  old.publish('others/x', 'hello', { qos: 1 })
  await end
  const device = await limited(cloud, 5)
  await expect(device.publishAsync('others/x', 'hello', { qos: 1 })).rejects.toMatchObject({ code: 0x87 })
  expect(device.connected).toBe(true)
})

test('iot:RetainPublish is asked for besides iot:Publish', async () => {
  const cloud = await testCloud()
  const device = await limited(cloud, 5)
  await device.publishAsync('own/retained', 'kept', { qos: 1, retain: true })
  await expect(device.publishAsync('own/other', 'x', { qos: 1, retain: true })).rejects.toMatchObject({ code: 0x87 })
})

test.each<[string, string, string, number]>([
  ['8 slashes', 'own/2/3/4/5/6/7/8/9', '', 0x90],
  ['257 bytes', `own/${'x'.repeat(253)}`, '', 0x90],
  ['a wildcard', 'own/+', '', 0x90],
  ['a reserved topic that is not for clients', '$aws/events/presence/connected/d1', '', 0x90],
  ['an answer of a service', '$aws/things/t1/shadow/update/accepted', '', 0x90],
])('publishing with %s is refused', async (_case, topic, payload, code) => {
  const cloud = await testCloud()
  const device = await limited(cloud, 5)
  const refusal = answerToPublish(device, topic, payload)
  expect(await refusal).toBe(code)
})

/** mqtt.js checks topics itself: write the packet below it. */
async function answerToPublish(client: MqttClient, topic: string, payload: string): Promise<number | undefined> {
  const name = Buffer.from(topic)
  const body = Buffer.concat([Buffer.from([name.length >> 8, name.length & 255]), name, Buffer.from([0, 9, 0]), Buffer.from(payload)])
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7]
  return new Promise((resolve) => {
    client.on('packetreceive', (packet) => packet.cmd === 'puback' && resolve(packet.reasonCode))
    client.once('disconnect', ({ reasonCode }) => resolve(reasonCode))
    client.stream.write(Buffer.concat([Buffer.from([0x32, ...length]), body]))
  })
}

test('7 slashes and 256 bytes are fine, and basic ingest does not count its prefix', async () => {
  const cloud = await testCloud()
  cloud.broker.reserve('$aws/rules/', async () => undefined)
  const device = await free(cloud)
  await device.publishAsync('1/2/3/4/5/6/7/8', '', { qos: 1 })
  await device.publishAsync('x'.repeat(256), '', { qos: 1 })
  await device.publishAsync(`$aws/rules/some_rule/1/2/3/4/5/6/7/8`, '', { qos: 1 })
  await expect(device.publishAsync(`$aws/rules/some_rule/1/2/3/4/5/6/7/8/9`, '', { qos: 1 })).rejects.toMatchObject({ code: 0x90 })
})

test.each(VERSIONS)('128 KB are taken, more ends the connection (MQTT %s)', async (version) => {
  const cloud = await testCloud()
  const device = await limited(cloud, version)
  const box = inbox(device)
  await device.subscribeAsync('own/big', { qos: 1 })
  await device.publishAsync('own/big', Buffer.alloc(128 * 1024, 'x'), { qos: 1 })
  expect((await box.next()).text).toHaveLength(128 * 1024)
  const end = ended(device)
  device.publish('own/big', Buffer.alloc(128 * 1024 + 1), { qos: 1 })
  expect(await end).toBe(version === 5 ? 0x95 : undefined)
  expect(cloud.broker.lastDisconnection('d1')?.reason).toBe('CLIENT_ERROR')
})

test('a packet that announces more than any may have is not read to its end', async () => {
  const cloud = await testCloud()
  const device = await limited(cloud, 5)
  const end = ended(device)
  device.stream.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 120]))
  expect(await end).toBe(0x95)
})

test('QoS 2: 3.1.1 gets no answer, MQTT 5 a DISCONNECT', async () => {
  const cloud = await testCloud()
  const old = await free(cloud, 'old', 4)
  const box = inbox(old)
  await old.subscribeAsync('own/x')
  old.publish('own/x', 'twice', { qos: 2 })
  old.subscribe('own/y', { qos: 2 })
  await old.publishAsync('own/x', 'once', { qos: 1 })
  expect(await box.next()).toMatchObject({ text: 'once' })
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'Publish-In', details: 'QoS 2 is not supported' }, { eventType: 'Subscribe', details: 'QoS 2 is not supported' }])
  const device = await free(cloud, 'new', 5)
  const end = ended(device)
  device.subscribe('own/y', { qos: 2 })
  expect(await end).toBe(0x9b)
})

test('a last will is published when the connection is lost, not when the client says goodbye', async () => {
  const cloud = await testCloud()
  const watcher = await free(cloud, 'w')
  await watcher.subscribeAsync('own/will', { qos: 1 })
  const box = inbox(watcher)
  const credentials = await cloud.issue('d1', [LIMITED])
  const will = { topic: 'own/will', payload: Buffer.from('lost'), qos: 1, retain: false } as const
  await (await cloud.connect(credentials, { clientId: 'polite', will })).endAsync()
  ;(await cloud.connect(credentials, { clientId: 'd1', will: { ...will, payload: Buffer.from('d1 lost') } })).stream.destroy()
  expect(await box.next()).toMatchObject({ text: 'd1 lost', qos: 1 })
})

test.each([
  ['an unauthorised topic', { topic: 'others/will', qos: 0, retain: false }, 0x87],
  ['an unauthorised retained topic', { topic: 'own/will', qos: 0, retain: true }, 0x87],
  ['QoS 2', { topic: 'own/will', qos: 2, retain: false }, 0x9b],
  ['a wildcard', { topic: 'own/+', qos: 0, retain: false }, 0x90],
] as const)('a last will with %s is not accepted', async (_case, will, code) => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1', [LIMITED])
  expect(await cloud.knock(credentials, { clientId: 'd1', protocolVersion: 5, will: { ...will, payload: Buffer.from('x') } })).toMatchObject({ reasonCode: code })
  expect(await cloud.knock(credentials, { clientId: 'd1', protocolVersion: 4, will: { ...will, payload: Buffer.from('x') } })).toBe('closed')
})

test('what a service takes reaches its handler and, unless told, nobody else; replies reach the client alone', async () => {
  const cloud = await testCloud()
  const heard: string[] = []
  cloud.broker.reserve('$aws/things/+/ask', async ({ topic, principal, clientId }, reply) => {
    heard.push(`${topic} ${principal.length} ${clientId}`)
    await reply(`${topic}/accepted`, 'yes')
  })
  const asker = await free(cloud, 'asker')
  const other = await free(cloud, 'other')
  await other.subscribeAsync('$aws/things/#')
  const [own, foreign] = [inbox(asker), inbox(other)]
  await asker.publishAsync('$aws/things/t/ask', '', { qos: 1 })
  expect(await own.next()).toMatchObject({ topic: '$aws/things/t/ask/accepted', text: 'yes' })
  await cloud.broker.publish({ topic: '$aws/things/t/told', payload: 'all' })
  expect(await foreign.next()).toMatchObject({ text: 'all' })
  expect(heard).toEqual(['$aws/things/t/ask 64 asker'])
})

test('with quotas, publishes beyond 100 a second are discarded', async () => {
  const cloud = await testCloud({ quotas: true })
  const device = await free(cloud)
  for (let i = 0; i < 300; i++) device.publish('own/x', String(i))
  await expect.poll(() => cloud.recorded.entries.length).toBeGreaterThan(100)
  expect(cloud.recorded.entries[0]).toMatchObject({ reason: 'THROTTLED', topicName: 'own/x' })
  expect(device.connected).toBe(true)
})
