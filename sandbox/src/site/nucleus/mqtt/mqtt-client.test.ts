// sandbox/src/site/nucleus/mqtt/mqtt-client.test.ts: the nucleus's connections to a real broker over TLS, with cuts, refusals and limits.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test } from 'vitest'
import { ALLOW_ALL, inbox, policyAllowing, testCloud, type TestCloud } from '../../../cloud/iot-core/testing.ts'
import { networkCable } from '../../network.ts'
import { openConfigStore } from '../config/config-store.ts'
import { deviceConfiguration } from '../config/device-configuration.ts'
import { merging } from '../config/merge-behaviour.ts'
import type { JsonObject } from '../json.ts'
import { nucleusPaths } from '../paths.ts'
import { eventually, QUICK, temporaryFolder } from '../testing.ts'
import { openMqttClient, type CloudMessage } from './mqtt-client.ts'

const VERSIONS = ['mqtt5', 'mqtt3'] as const

async function client(mqtt: JsonObject = {}, { cloud, policies = [ALLOW_ALL] }: { cloud?: TestCloud; policies?: readonly string[] } = {}) {
  const own = cloud ?? (await testCloud())
  const { cert, key } = await own.issue('core', policies)
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'config'))
  for (const [name, text] of [['cert.pem', cert], ['key.pem', key], ['ca.pem', own.pki.caPem]] as const) writeFileSync(join(folder, name), text)
  const now = () => new Date()
  const config = await openConfigStore({ paths: nucleusPaths(folder), log: silentLog, now })
  const system = { thingName: 'core', certificateFilePath: join(folder, 'cert.pem'), privateKeyPath: join(folder, 'key.pem'), rootCaPath: join(folder, 'ca.pem') }
  const quick = { port: own.port, minimumReconnectDelaySeconds: 0.02, maximumReconnectDelaySeconds: 0.1, operationTimeoutMs: 2000 }
  const configuration = { awsRegion: 'eu-central-1', iotDataEndpoint: 'localhost', iotCredEndpoint: 'localhost', mqtt: { ...quick, ...mqtt } }
  config.merge([], { system, services: { 'aws.greengrass.Nucleus': { configuration } } }, merging(1))
  const cable = networkCable({ now })
  const closing = new AbortController()
  const opened = openMqttClient({ device: deviceConfiguration(config), network: cable, log: silentLog, timings: QUICK, signal: closing.signal })
  onTestFinished(async () => {
    await opened.close()
    closing.abort(new Error('the test is over'))
  })
  return { cloud: own, config, cable, mqtt: opened }
}

async function watcher(cloud: TestCloud, filter: string) {
  const other = await cloud.connect(await cloud.issue('watcher'), { clientId: 'watcher' })
  await other.subscribeAsync(filter, { qos: 1 })
  return { texts: () => inbox(other).received.map(({ text }) => text), publish: (topic: string, text: string) => other.publishAsync(topic, text, { qos: 1 }) }
}

const message = (topic: string, text: string, qos: 0 | 1 = 1) => ({ topic, qos, payload: Buffer.from(text) })

function recorder() {
  const texts: string[] = []
  return { texts, subscription: (filter: string) => ({ filter, qos: 1 as const, onMessage: ({ payload }: CloudMessage) => void texts.push(Buffer.from(payload).toString()) }) }
}

test.each(VERSIONS)('by %s it hears and is heard', async (version) => {
  const { cloud, mqtt } = await client({ version })
  const { texts, subscription } = recorder()
  const other = await watcher(cloud, 'up/#')
  await mqtt.subscribe(subscription('down/+'))
  await other.publish('down/1', 'hello')
  mqtt.publish(message('up/1', 'good day'))
  await eventually(() => [texts, other.texts()]).toEqual([['hello'], ['good day']])
})

test.each(VERSIONS)('by %s what is published while the network is cut comes later, all of it, in its order, once', async (version) => {
  const { cloud, cable, mqtt } = await client({ version })
  const other = await watcher(cloud, 'up')
  mqtt.publish(message('up', 'first'))
  await eventually(other.texts).toEqual(['first'])
  cable.cut()
  await eventually(() => mqtt.isOnline).toBe(false)
  const texts = Array.from({ length: 50 }, (_, index) => `n${index}`)
  for (const text of texts) mqtt.publish(message('up', text))
  cable.restore()
  await eventually(other.texts).toEqual(['first', ...texts])
})

test.each(VERSIONS)('by %s it hears what came while it was away, and subscribes again when the cloud has lost its session', async (version) => {
  const { cloud, cable, mqtt } = await client({ version })
  const { texts, subscription } = recorder()
  const other = await watcher(cloud, 'nothing')
  await mqtt.subscribe(subscription('down'))
  cable.cut()
  await eventually(() => cloud.broker.isConnected('core')).toBe(false)
  await other.publish('down', 'while away')
  cable.restore()
  await eventually(() => texts).toEqual(['while away'])
  cloud.broker.disconnect('core', { cleanSession: true, preventWillMessage: true })
  await eventually(() => cloud.broker.subscriptionsOf('core')?.length).toBe(1)
  await other.publish('down', 'again')
  await eventually(() => texts).toEqual(['while away', 'again'])
})

test('what is subscribed while it reconnects waits for the new connection', async () => {
  const { cloud, mqtt } = await client()
  const { texts, subscription } = recorder()
  await mqtt.subscribe(subscription('down/first'))
  let isOver = false
  const over = mqtt.reconnect().finally(() => (isOver = true))
  let count = 0
  while (!isOver) await mqtt.subscribe(subscription(`down/${count++}`))
  await over
  const other = await watcher(cloud, 'nothing')
  await other.publish(`down/${count - 1}`, 'hello')
  await eventually(() => texts).toEqual(['hello'])
})

test('listeners hear of each interruption once, and not of the first connection', async () => {
  const { cable, mqtt } = await client()
  const heard: string[] = []
  mqtt.listen({ onConnected: () => heard.push('connected'), onInterrupted: () => heard.push('interrupted'), onResumed: (present) => heard.push(`resumed ${String(present)}`) })
  mqtt.publish(message('up', 'x'))
  await eventually(() => mqtt.isOnline).toBe(true)
  cable.cut()
  await eventually(() => heard).toContain('interrupted')
  cable.restore()
  await eventually(() => heard).toEqual(['connected', 'interrupted', 'connected', 'resumed true'])
})

test('a second connection is made for what one has no room for', async () => {
  const { cloud, mqtt } = await client()
  const { texts, subscription } = recorder()
  for (let index = 0; index < 52; index++) await mqtt.subscribe(subscription(`down/${index}`))
  expect(cloud.broker.isConnected('core#2')).toBe(true)
  expect([cloud.broker.subscriptionsOf('core')?.length, cloud.broker.subscriptionsOf('core#2')?.length]).toEqual([50, 2])
  const other = await watcher(cloud, 'nothing')
  for (const index of [0, 51]) await other.publish(`down/${index}`, `${index}`)
  await eventually(() => texts).toEqual(['0', '51'])
})

test('a subscription that another covers is not sent, and stays when that one goes', async () => {
  const { cloud, mqtt } = await client()
  const { texts, subscription } = recorder()
  const [wide, narrow] = [subscription('down/#'), subscription('down/x')]
  await mqtt.subscribe(wide)
  await mqtt.subscribe(narrow)
  expect(cloud.broker.subscriptionsOf('core')).toHaveLength(1)
  await mqtt.unsubscribe(wide)
  const other = await watcher(cloud, 'nothing')
  await other.publish('down/x', 'x')
  await eventually(() => texts).toEqual(['x'])
})

test.each(VERSIONS)('by %s a subscription that the cloud refuses says so', async (version) => {
  const policies = [policyAllowing(['iot:Connect', 'iot:Publish', 'iot:Receive'], ['*'])]
  const { mqtt } = await client({ version }, { policies })
  await expect(mqtt.subscribe(recorder().subscription('down'))).rejects.toThrow()
})

test('a publish that the cloud refuses for good is not sent again, and does not hold up the next', async () => {
  const policies = [policyAllowing(['iot:Connect', 'iot:Subscribe', 'iot:Receive'], ['*']), policyAllowing(['iot:Publish'], ['arn:aws:iot:eu-central-1:000000000000:topic/allowed'])]
  const { cloud, mqtt } = await client({}, { policies })
  const other = await watcher(cloud, '#')
  mqtt.publish(message('refused', 'no'))
  mqtt.publish(message('allowed', 'yes'))
  await eventually(other.texts).toEqual(['yes'])
  expect(cloud.recorded.entries.filter(({ eventType, status }) => eventType === 'Publish-In' && status === 'Failure')).toHaveLength(1)
})

test('what is too large, or has no room, is refused at once', async () => {
  const { cable, mqtt } = await client({ maxMessageSizeInBytes: 1000, spooler: { maxSizeInBytes: 1500 } })
  cable.cut()
  expect(() => mqtt.publish(message('up', 'x'.repeat(1001)))).toThrow('exceeds the configured limit of 1000 bytes')
  mqtt.publish(message('up', 'x'.repeat(1000)))
  expect(() => mqtt.publish(message('up', 'x'.repeat(501)))).toThrow('Message spool is full')
  expect(() => mqtt.publish(message('up', 'x', 0))).toThrow('Device is offline. Dropping QoS 0 message.')
})

test('it keeps to 100 publishes a second', async () => {
  const { cloud, mqtt } = await client({ maxInFlightPublishes: 100 })
  const other = await watcher(cloud, 'up')
  const from = performance.now()
  for (let index = 0; index < 150; index++) mqtt.publish(message('up', `${index}`))
  await eventually(() => other.texts().length).toBe(150)
  expect(performance.now() - from).toBeGreaterThan(480) // half a second for the fifty that were over
})

test('after a change of its configuration it connects anew, with its subscriptions', async () => {
  const { cloud, config, mqtt } = await client()
  const { texts, subscription } = recorder()
  await mqtt.subscribe(subscription('down'))
  const before = cloud.broker.client('core')
  config.set(['services', 'aws.greengrass.Nucleus', 'configuration', 'mqtt', 'keepAliveTimeoutMs'], 30_000)
  await mqtt.reconnect()
  expect(cloud.broker.isConnected('core')).toBe(true)
  expect(cloud.broker.client('core')).not.toBe(before)
  await cloud.broker.publish({ topic: 'down', payload: 'x', qos: 1 })
  await eventually(() => texts).toEqual(['x'])
})
