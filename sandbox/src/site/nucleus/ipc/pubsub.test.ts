// sandbox/src/site/nucleus/ipc/pubsub.test.ts: components tell one another things, with AWS's own client, as far as their recipes allow.
import { once } from 'node:events'
import { greengrasscoreipc } from 'aws-iot-device-sdk-v2'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { connected, refusal, speakFor, SPEAKING } from '../testing-ipc.ts'
import { offlineNucleus } from '../testing-offline.ts'
import { eventually } from '../testing.ts'

type Client = greengrasscoreipc.Client
type Event = greengrasscoreipc.model.SubscriptionResponseMessage

const may = (operations: string[], resources: string[]): JsonObject => ({
  lifecycle: SPEAKING,
  configuration: { accessControl: { 'aws.greengrass.ipc.pubsub': { 'policy:1': { policyDescription: 'test', operations: operations.map((name) => `aws.greengrass#${name}`), resources } } } },
})
const MAY_ALL = may(['PublishToTopic', 'SubscribeToTopic'], ['*'])

async function heard(client: Client, topic: string, receiveMode?: greengrasscoreipc.model.ReceiveMode) {
  const stream = client.subscribeToTopic({ topic, ...(receiveMode && { receiveMode }) })
  const events: unknown[] = []
  stream.on('message', ({ jsonMessage, binaryMessage }: Event) => void events.push(jsonMessage?.message ?? Buffer.from((binaryMessage?.message ?? '') as ArrayBuffer).toString()))
  await stream.activate()
  return { events, stream }
}
const say = (client: Client, topic: string, message: object) => client.publishToTopic({ topic, publishMessage: { jsonMessage: { message } } })

test('JSON and binary messages reach who subscribed, before the publisher hears that they are out', async () => {
  const { root } = await offlineNucleus({ a: MAY_ALL, b: MAY_ALL })
  const [a, b] = [await speakFor('a', root), await speakFor('b', root)]
  const { events } = await heard(b, 'local/x')
  await say(a, 'local/x', { presses: 3, on: true, nested: { list: [1] } })
  await a.publishToTopic({ topic: 'local/x', publishMessage: { binaryMessage: { message: 'bytes' } } })
  await say(a, 'local/other', {})
  await eventually(() => events).toEqual([{ presses: 3, on: true, nested: { list: [1] } }, 'bytes'])
})

test('with a wildcard a component does not hear itself, unless it asks for all', async () => {
  const { root } = await offlineNucleus({ a: MAY_ALL, b: MAY_ALL })
  const [a, b] = [await speakFor('a', root), await speakFor('b', root)]
  const [others, all, exact] = [await heard(a, 'local/+'), await heard(a, 'local/#', greengrasscoreipc.model.ReceiveMode.RECEIVE_ALL_MESSAGES), await heard(a, 'local/x')]
  await say(a, 'local/x', { from: 'a' })
  await say(b, 'local/x', { from: 'b' })
  await eventually(() => all.events).toEqual([{ from: 'a' }, { from: 'b' }])
  expect(others.events).toEqual([{ from: 'b' }])
  expect(exact.events).toEqual([{ from: 'a' }, { from: 'b' }])
})

test('nothing is allowed that a recipe does not grant', async () => {
  const { root } = await offlineNucleus({ none: { lifecycle: SPEAKING }, some: may(['PublishToTopic'], ['lab/*/x', 'plain/#']) })
  const [none, some] = [await speakFor('none', root), await speakFor('some', root)]
  expect(await refusal(say(none, 'lab/1/x', {}))).toBe('UnauthorizedError: Principal none is not authorized to perform aws.greengrass.ipc.pubsub:aws.greengrass#PublishToTopic on resource lab/1/x')
  await say(some, 'lab/1/2/x', {}) // * is any run of characters
  expect(await refusal(say(some, 'lab/1/y', {}))).toMatch(/^UnauthorizedError/)
  expect(await refusal(heard(some, 'lab/1/x'))).toMatch(/^UnauthorizedError.*SubscribeToTopic/)
  expect(await refusal(say(some, 'plain/1', {}))).toMatch(/^UnauthorizedError/) // # is a character here
})

test('a topic with a wildcard cannot be published to', async () => {
  const { root } = await offlineNucleus({ a: MAY_ALL })
  expect(await refusal(say(await speakFor('a', root), 'local/+', {}))).toMatch('aws.greengrass#InvalidArgumentsError') // which this SDK does not expect here
})

test('who is stopped hears nothing any more; who closes a stream neither', async () => {
  const { root } = await offlineNucleus({ a: MAY_ALL, b: MAY_ALL })
  const [a, b, witness] = [await speakFor('a', root), await speakFor('b', root), await speakFor('b', root)]
  const closing = await heard(b, 'local/x')
  const staying = await heard(witness, 'local/x')
  await closing.stream.close()
  await say(a, 'local/x', { n: 1 })
  await eventually(() => staying.events).toHaveLength(1)
  expect(closing.events).toEqual([])
})

test('a token that is none is not let in, and the nucleus’s end ends all connections', async () => {
  const nucleus = await offlineNucleus({ a: MAY_ALL })
  const client = await speakFor('a', nucleus.root)
  await expect(connected(process.env['AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT'] ?? '', 'NO-TOKEN')).rejects.toThrow()
  const disconnected = once(client, 'disconnection')
  await nucleus.stop()
  await disconnected
})

test('operations of components that are not here are not supported', async () => {
  const { root } = await offlineNucleus({ a: MAY_ALL })
  const client = await speakFor('a', root)
  expect(await refusal(client.getThingShadow({ thingName: 't', shadowName: 's' }))).toMatch(/^ServiceError: Operation aws.greengrass#GetThingShadow is not supported by Greengrass/)
})
