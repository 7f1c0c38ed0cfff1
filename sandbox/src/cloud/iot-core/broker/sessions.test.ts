// sandbox/src/cloud/iot-core/broker/sessions.test.ts: what a session keeps, over disconnections, restarts and kill -9.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, connectAsync } from 'mqtt'
import { expect, onTestFinished, test } from 'vitest'
import { ended, inbox, stateFile, testCloud, type TestCloud } from '../testing.ts'

const free = async (cloud: TestCloud, clientId: string) => cloud.connect(await cloud.issue(clientId), { clientId })
const PERSISTENT = [
  ['3.1.1', { clientId: 'd1', protocolVersion: 4, clean: false }],
  ['5', { clientId: 'd1', protocolVersion: 5, clean: false, properties: { sessionExpiryInterval: 600 } }],
] as const

test.each(PERSISTENT)('QoS 1 messages wait for a persistent session, in order; QoS 0 does not (MQTT %s)', async (_version, options) => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  const first = await cloud.connect(credentials, options)
  await first.subscribeAsync({ 'a/#': { qos: 1 }, 'z': { qos: 0 } })
  await first.endAsync()
  const publisher = await free(cloud, 'p')
  for (let i = 0; i < 300; i++) await publisher.publishAsync('a/b', String(i), { qos: i % 3 === 0 ? 0 : 1 })
  await publisher.publishAsync('z', 'not kept', { qos: 1 })
  const second = cloud.connect(credentials, options)
  const box = inbox(await second)
  const got: string[] = []
  while (got.length < 200) got.push((await box.next()).text)
  expect(got).toEqual(Array.from({ length: 300 }, (_, i) => String(i)).filter((_, i) => i % 3 !== 0))
  expect(box.received).toEqual([])
})

test.each(PERSISTENT)('the CONNACK tells whether there was a session, also one without subscriptions (MQTT %s)', async (_version, options) => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  expect(await cloud.knock(credentials, options)).toMatchObject({ sessionPresent: false })
  expect(await cloud.knock(credentials, options)).toMatchObject({ sessionPresent: true })
  expect(await cloud.knock(credentials, { ...options, clean: true })).toMatchObject({ sessionPresent: false })
})

test('a session expires an hour after its client went (3.1.1), or when MQTT 5 asked for less', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  for (const [, options] of PERSISTENT) await (await cloud.connect(credentials, { ...options, clientId: `d${options.protocolVersion}` })).endAsync()
  const again = async (clientId: string) => cloud.knock(credentials, { clientId, clean: false })
  cloud.clock.advance(599_000)
  cloud.broker.sessions.sweep()
  expect(cloud.broker.sessions.find('d5')).toBeDefined()
  cloud.clock.advance(2_000)
  cloud.broker.sessions.sweep()
  expect(cloud.broker.sessions.find('d5')).toBeUndefined()
  cloud.clock.advance(3_000_000)
  expect(await again('d4')).toMatchObject({ sessionPresent: false })
})

test('MQTT 5 may end its session with its DISCONNECT', async () => {
  const cloud = await testCloud()
  const device = await cloud.connect(await cloud.issue('d1'), PERSISTENT[1][1])
  device.end(false, { properties: { sessionExpiryInterval: 0 } } as object)
  await ended(device)
  expect(cloud.broker.sessions.find('d1')).toBeUndefined()
})

test('what was sent and not acknowledged is sent again; what was acknowledged is not', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  const first = await cloud.connect(credentials, { clientId: 'd1', clean: false })
  await first.subscribeAsync('a', { qos: 1 })
  const publisher = await free(cloud, 'p')
  const box = inbox(first)
  await publisher.publishAsync('a', 'acknowledged', { qos: 1 })
  await box.next()
  await expect.poll(() => cloud.store.table('mqtt_outbox').count()).toBe(0)
  first.handleMessage = () => undefined // takes it, never answers
  await publisher.publishAsync('a', 'unacknowledged', { qos: 1 })
  await box.next()
  first.stream.destroy()
  const again = inbox(await cloud.connect(credentials, { clientId: 'd1', clean: false }))
  expect(await again.next()).toMatchObject({ text: 'unacknowledged' })
})

test('a message that expires in the queue is not delivered', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  const options = { clientId: 'd1', clean: false }
  const first = await cloud.connect(credentials, options)
  await first.subscribeAsync('a', { qos: 1 })
  await first.endAsync()
  const publisher = await cloud.connect(await cloud.issue('p'), { clientId: 'p', protocolVersion: 5 })
  await publisher.publishAsync('a', 'brief', { qos: 1, properties: { messageExpiryInterval: 10 } })
  await publisher.publishAsync('a', 'lasting', { qos: 1 })
  cloud.clock.advance(11_000)
  expect(await inbox(await cloud.connect(credentials, options)).next()).toMatchObject({ text: 'lasting' })
})

test('sessions, queues, subscriptions and retained messages are there after a restart', async () => {
  const file = stateFile()
  const before = await testCloud({ file })
  const device = await free(before, 'x')
  const { registry } = before
  const credentials = await before.issue('d1')
  await (await before.connect(credentials, { clientId: 'd1', clean: false })).subscribeAsync('a/+', { qos: 1 })
  await device.publishAsync('kept', 'still here', { qos: 1, retain: true })
  await before.close()
  const after = await testCloud({ file, registry })
  await (await free(after, 'p')).publishAsync('a/b', 'while away', { qos: 1 })
  const again = await after.connect(credentials, { clientId: 'd1', clean: false })
  const box = inbox(again)
  expect(await box.next()).toMatchObject({ text: 'while away' })
  await again.subscribeAsync('kept')
  expect(await box.next()).toMatchObject({ text: 'still here', retain: true })
})

test('kill -9 under load: every message that was acknowledged arrives', async () => {
  const file = stateFile()
  let twin = await startTwin(file)
  const subscriber = { clientId: 's', clean: false, reconnectPeriod: 0 } as const
  const first = await connectAsync(twin.url, subscriber)
  await first.subscribeAsync('t/#', { qos: 1 })
  await first.endAsync()
  const acknowledged: string[] = []
  for (let round = 0; round < 3; round++) {
    const publisher = await connectAsync(twin.url, { clientId: 'p', reconnectPeriod: 0 })
    publisher.on('error', () => undefined)
    for (let i = 0; i < 2000; i++) publisher.publish('t/x', `${round}-${i}`, { qos: 1 }, (error) => !error && acknowledged.push(`${round}-${i}`))
    await expect.poll(() => acknowledged.some((id) => id.startsWith(`${round}-`)), { interval: 1 }).toBe(true)
    twin.process.kill('SIGKILL')
    await once(twin.process, 'exit')
    publisher.end(true)
    twin = await startTwin(file)
  }
  const received = new Set<string>()
  const again = connect(twin.url, subscriber)
  again.on('message', (_topic, payload) => received.add(payload.toString()))
  await expect.poll(() => acknowledged.filter((id) => !received.has(id))).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(3)
  again.end(true)
})

/** A broker in a process of its own, without TLS and policies: see broker-process.ts. */
async function startTwin(file: string): Promise<{ process: ChildProcess; url: string }> {
  const process = fork(new URL('./testing/broker-process.ts', import.meta.url), [file], { stdio: 'inherit' })
  onTestFinished(() => void process.kill('SIGKILL'))
  const [port] = (await once(process, 'message')) as [number]
  return { process, url: `mqtt://127.0.0.1:${port}` }
}

test('a shared subscription gives each message to one member, who may come and go', async () => {
  const cloud = await testCloud()
  const publisher = await free(cloud, 'p')
  const credentials = await cloud.issue('m')
  const members = await Promise.all(['m1', 'm2'].map(async (clientId) => cloud.connect(credentials, { clientId, clean: clientId === 'm2' })))
  const boxes = members.map(inbox)
  for (const member of members) await member.subscribeAsync('$share/g/jobs/#', { qos: 1 })
  for (let i = 0; i < 40; i++) await publisher.publishAsync('jobs/x', String(i), { qos: 1 })
  await expect.poll(() => boxes.reduce((sum, { received }) => sum + received.length, 0)).toBe(40)
  expect(boxes.every(({ received }) => received.length > 0)).toBe(true)
  for (const member of members) await member.endAsync()
  await publisher.publishAsync('jobs/x', 'waits', { qos: 1 })
  await publisher.publishAsync('jobs/x', 'lost', { qos: 0 })
  expect(await inbox(await cloud.connect(credentials, { clientId: 'm1', clean: false })).next()).toMatchObject({ text: 'waits' })
})
