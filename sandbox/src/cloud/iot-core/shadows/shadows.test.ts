// sandbox/src/cloud/iot-core/shadows/shadows.test.ts: shadows over MQTT, with a real client on real TLS.
import type { MqttClient } from 'mqtt'
import { expect, test } from 'vitest'
import { inbox, stateFile, testCloud } from '../testing.ts'
import { openShadows } from './shadows.ts'

async function setUp(shadow = 'shadow', options: Parameters<typeof testCloud>[0] = {}) {
  const cloud = await testCloud(options)
  const shadows = openShadows({ store: cloud.store, clock: cloud.clock, bus: cloud.broker })
  const device = await cloud.connect(await cloud.issue('t1'), { clientId: 't1', protocolVersion: 5 })
  const prefix = `$aws/things/t1/${shadow}`
  await device.subscribeAsync(['get/accepted', 'get/rejected', 'update/accepted', 'update/rejected', 'update/delta', 'update/documents', 'delete/accepted', 'delete/rejected'].map((topic) => `${prefix}/${topic}`), { qos: 1 })
  return { cloud, shadows, device, prefix }
}

async function next(client: MqttClient): Promise<[topic: string, document: Record<string, unknown>]> {
  const { topic, text } = await inbox(client).next()
  return [topic.split('/').slice(-2).join('/'), JSON.parse(text) as Record<string, unknown>]
}

const now = expect.any(Number)

test.each(['shadow', 'shadow/name/led'])('%s: update, get, delete and what is told of it', async (shadow) => {
  const { device, prefix } = await setUp(shadow)
  await device.publishAsync(`${prefix}/get`, '{"clientToken":"c0"}', { qos: 1 })
  expect(await next(device)).toEqual(['get/rejected', { code: 404, message: `No shadow exists with name: '${shadow === 'shadow' ? 't1' : 'led'}'`, clientToken: 'c0' }])
  await device.publishAsync(`${prefix}/update`, '{"state":{"desired":{"f":5}},"clientToken":"c1"}', { qos: 1 })
  const stamps = { desired: { f: { timestamp: now } } }
  expect(await next(device)).toEqual(['update/accepted', { state: { desired: { f: 5 } }, metadata: stamps, version: 1, timestamp: now, clientToken: 'c1' }])
  expect(await next(device)).toEqual(['update/delta', { state: { f: 5 }, metadata: { f: { timestamp: now } }, version: 1, timestamp: now, clientToken: 'c1' }])
  expect(await next(device)).toMatchObject(['update/documents', { previous: { version: 0 }, current: { state: { desired: { f: 5 } }, version: 1 }, clientToken: 'c1' }])
  await device.publishAsync(`${prefix}/update`, '{"state":{"reported":{"f":5}},"version":1}', { qos: 1 })
  expect([await next(device), await next(device)].map(([topic]) => topic)).toEqual(['update/accepted', 'update/documents'])
  await device.publishAsync(`${prefix}/get`, '', { qos: 1 })
  expect(await next(device)).toMatchObject(['get/accepted', { state: { desired: { f: 5 }, reported: { f: 5 } }, version: 2, timestamp: now }])
  await device.publishAsync(`${prefix}/update`, '{"state":{"reported":{"f":6}},"version":1,"clientToken":"c2"}', { qos: 1 })
  expect(await next(device)).toEqual(['update/rejected', { code: 409, message: 'Version conflict', clientToken: 'c2' }])
  await device.publishAsync(`${prefix}/delete`, '{"clientToken":"c3"}', { qos: 1 })
  expect(await next(device)).toEqual(['delete/accepted', { version: 2, timestamp: now, clientToken: 'c3' }])
  await device.publishAsync(`${prefix}/update`, '{"state":{"reported":{"f":6}}}', { qos: 1 })
  expect(await next(device)).toMatchObject(['update/accepted', { version: 3 }])
})

test('8 KB of state are enough', async () => {
  const { device, prefix } = await setUp()
  await device.publishAsync(`${prefix}/update`, JSON.stringify({ state: { reported: { a: 'x'.repeat(8100) } } }), { qos: 1 })
  expect(await next(device)).toMatchObject(['update/accepted', { version: 1 }])
  await next(device)
  await device.publishAsync(`${prefix}/update`, JSON.stringify({ state: { reported: { b: 'x'.repeat(100) } } }), { qos: 1 })
  expect(await next(device)).toEqual(['update/rejected', { code: 413, message: 'The payload exceeds the maximum size allowed' }])
})

test('requests can be subscribed to; answers come after them', async () => {
  const { cloud, device, prefix } = await setUp()
  const observer = await cloud.connect(await cloud.issue('o'), { clientId: 'o' })
  await observer.subscribeAsync('$aws/things/+/shadow/#')
  await device.publishAsync(`${prefix}/update`, '{"state":{"reported":{"a":1}}}', { qos: 1 })
  expect([await inbox(observer).next(), await inbox(observer).next()].map(({ topic }) => topic)).toEqual([`${prefix}/update`, `${prefix}/update/accepted`])
})

test('shadows and the version of a deleted one are there after a restart', async () => {
  const file = stateFile()
  const before = await setUp('shadow', { file })
  await before.shadows.update({ thingName: 't1' }, Buffer.from('{"state":{"reported":{"a":1}}}'))
  await before.shadows.update({ thingName: 't1', shadowName: 'gone' }, Buffer.from('{"state":{"reported":{"a":1}}}'))
  await before.shadows.delete({ thingName: 't1', shadowName: 'gone' })
  await before.cloud.close()
  const { shadows } = await setUp('shadow', { file })
  expect(shadows.get({ thingName: 't1' })).toMatchObject({ state: { reported: { a: 1 } }, version: 1 })
  expect(await shadows.update({ thingName: 't1', shadowName: 'gone' }, Buffer.from('{"state":{"reported":{"a":2}}}'))).toMatchObject({ version: 2 })
})

test('named shadows are listed in pages, the classic one is not among them', async () => {
  const { shadows } = await setUp()
  for (const shadowName of ['b', 'a', 'c']) await shadows.update({ thingName: 't1', shadowName }, Buffer.from('{"state":{}}'))
  await shadows.update({ thingName: 't1' }, Buffer.from('{"state":{}}'))
  await shadows.update({ thingName: 't10', shadowName: 'other' }, Buffer.from('{"state":{}}'))
  expect(shadows.names('t1', { limit: 2 })).toEqual({ names: ['a', 'b'], next: 'b' })
  expect(shadows.names('t1', { after: 'b', limit: 2 })).toEqual({ names: ['c'], next: undefined })
})

