// sandbox/src/cloud/iot-core/broker/subscribing.test.ts: what clients may subscribe to, and what they get then.
import type { MqttClient } from 'mqtt'
import { expect, test } from 'vitest'
import { ALLOW_ALL, ended, inbox, testCloud } from '../testing.ts'
import { free, limited, LIMITED } from './testing/clients.ts'

test('an unauthorised subscription ends a 3.1.1 connection, and is answered for each filter in MQTT 5', async () => {
  const cloud = await testCloud()
  const old = await limited(cloud, 4)
  const end = ended(old)
  old.subscribe(['own/a', '#'])
  await end
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'Subscribe', topicName: '#', reason: 'AUTHORIZATION_FAILURE' }])
  const device = await limited(cloud, 5)
  expect(await suback(device, ['own/a', '#', 'own/#x', 'own/+'])).toEqual([0, 0x87, 0x8f, 0])
})

async function suback(client: MqttClient, filters: readonly string[]): Promise<unknown> {
  return new Promise((resolve) => {
    client.on('packetreceive', (packet) => packet.cmd === 'suback' && resolve(packet.granted))
    const payload = filters.map((filter) => Buffer.concat([Buffer.from([filter.length >> 8, filter.length & 255]), Buffer.from(filter), Buffer.from([0])]))
    const body = Buffer.concat([Buffer.from([0, 7, 0]), ...payload])
    client.stream.write(Buffer.concat([Buffer.from([0x82, ...(body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7])]), body]))
  })
}

test('8 filters fit into a SUBSCRIBE, 9 end the connection', async () => {
  const cloud = await testCloud()
  const device = await limited(cloud, 5)
  const filters = Array.from({ length: 9 }, (_, i) => `own/${i}`)
  expect(await suback(device, filters.slice(0, 8))).toEqual(Array(8).fill(0))
  const end = ended(device)
  device.subscribe(filters)
  expect(await end).toBe(0x97)
})

test('the 51st subscription of a connection is one too many; the same one again is not', async () => {
  const cloud = await testCloud()
  const device = await limited(cloud, 5)
  for (let i = 0; i < 50; i++) await device.subscribeAsync(`own/${i}`)
  await device.subscribeAsync('own/0', { qos: 1 })
  const end = ended(device)
  device.subscribe('own/50')
  expect(await end).toBe(0x97)
})

test('iot:Receive is asked for each message, and a change of policies counts at once', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1', [LIMITED])
  const device = await cloud.connect(credentials, { clientId: 'd1' })
  await device.subscribeAsync('own/#')
  const box = inbox(device)
  const publisher = await free(cloud)
  for (const topic of ['own/secret', 'own/open']) await publisher.publishAsync(topic, 'a', { qos: 1 })
  expect(await box.next()).toMatchObject({ topic: 'own/open' })
  cloud.registry.setPolicies(credentials.certificateId, [ALLOW_ALL])
  await publisher.publishAsync('own/secret', 'b', { qos: 1 })
  expect(await box.next()).toMatchObject({ topic: 'own/secret', text: 'b' })
  cloud.registry.setPolicies(credentials.certificateId, [])
  const end = ended(device)
  device.publish('own/x', '')
  await end
})

test('# matches what is below, not the level itself, and nothing reserved', async () => {
  const cloud = await testCloud()
  const device = await free(cloud)
  await device.subscribeAsync(['sensor/#', '#', '+/x'])
  const box = inbox(device)
  for (const topic of ['sensor', 'sensor/', 'sensor/a', '$aws/x']) await cloud.broker.publish({ topic, payload: topic })
  const got = [await box.next(), await box.next(), await box.next()].map(({ topic }) => topic)
  expect(got).toEqual(['sensor', 'sensor/', 'sensor/a'])
  expect(box.received).toEqual([])
})

test('overlapping filters of a client bring one copy, at the higher QoS', async () => {
  const cloud = await testCloud()
  const device = await free(cloud)
  await device.subscribeAsync({ 'a/#': { qos: 0 }, 'a/+': { qos: 1 } })
  const box = inbox(device)
  await device.publishAsync('a/b', '1', { qos: 1 })
  await device.publishAsync('a/b', '2', { qos: 1 })
  expect([await box.next(), await box.next()]).toMatchObject([
    { text: '1', qos: 1 },
    { text: '2', qos: 1 },
  ])
})

test('retained messages come with an exact subscription, until an empty one deletes them', async () => {
  const cloud = await testCloud()
  const publisher = await free(cloud, 'p')
  await publisher.publishAsync('own/r', 'first', { qos: 1, retain: true })
  await publisher.publishAsync('own/r', 'second', { qos: 1, retain: true })
  const device = await free(cloud, 'd')
  const box = inbox(device)
  await device.subscribeAsync('own/#')
  await device.subscribeAsync('own/r', { qos: 1 })
  expect(await box.next()).toMatchObject({ text: 'second', retain: true, qos: 1 })
  await publisher.publishAsync('own/r', '', { qos: 1, retain: true })
  expect(await box.next()).toMatchObject({ text: '', retain: false })
  await device.subscribeAsync('own/r')
  await publisher.publishAsync('own/r', 'live', { qos: 1 })
  expect(await box.next()).toMatchObject({ text: 'live', retain: false })
})

test('a retained message that expires is gone, reserved topics retain nothing', async () => {
  const cloud = await testCloud()
  const publisher = await free(cloud, 'p')
  await publisher.publishAsync('own/r', 'brief', { qos: 1, retain: true, properties: { messageExpiryInterval: 10 } })
  expect(cloud.broker.retained.get('own/r')?.message.payload.toString()).toBe('brief')
  cloud.clock.advance(11_000)
  expect(cloud.broker.retained.get('own/r')).toBeUndefined()
  cloud.broker.reserve('$aws/things/+/shadow/update', async () => undefined)
  await expect(publisher.publishAsync('$aws/things/t/shadow/update', '{}', { qos: 1, retain: true })).rejects.toMatchObject({ code: 0x90 })
})

test('topic aliases: eight for a client', async () => {
  const cloud = await testCloud()
  const device = await free(cloud)
  const box = inbox(device)
  await device.subscribeAsync('own/long/topic')
  await device.publishAsync('own/long/topic', '1', { qos: 1, properties: { topicAlias: 8 } })
  await device.publishAsync('', '2', { qos: 1, properties: { topicAlias: 8 } })
  expect([await box.next(), await box.next()]).toMatchObject([
    { text: '1', topic: 'own/long/topic' },
    { text: '2', topic: 'own/long/topic' },
  ])
  const end = ended(device)
  device.stream.write(Buffer.from([0x30, 7, 0, 1, 120, 3, 0x23, 0, 9]))
  expect(await end).toBe(0x94)
})

test('subscription identifiers are not supported', async () => {
  const cloud = await testCloud()
  const device = await free(cloud)
  const end = ended(device)
  device.subscribe('own/x', { properties: { subscriptionIdentifier: 1 } })
  expect(await end).toBe(0xa1)
})

test('MQTT 5 no-local: not to oneself', async () => {
  const cloud = await testCloud()
  const device = await free(cloud, 'a')
  const box = inbox(device)
  await device.subscribeAsync('own/x', { qos: 0, nl: true })
  await device.publishAsync('own/x', 'mine', { qos: 1 })
  await (await free(cloud, 'b')).publishAsync('own/x', 'theirs', { qos: 1 })
  expect(await box.next()).toMatchObject({ text: 'theirs' })
})
