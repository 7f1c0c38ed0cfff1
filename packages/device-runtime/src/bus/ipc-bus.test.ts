// packages/device-runtime/src/bus/ipc-bus.test.ts: the buses on the nucleus's IPC with the SDK's real client, and all the ways in which the nucleus leaves us alone.
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { together } from '../task-group.ts'
import { nucleusIpc, type NucleusIpc } from '../testing/nucleus-ipc.ts'
import type { CloudMessage, LocalMessage, Subscribed } from './bus.ts'
import { ipcCloudBus, ipcConfiguration, ipcLocalBus } from './ipc-bus.ts'
import { connectIpc } from './ipc-connection.ts'
import { ipcSession } from './ipc-session.ts'

/** The buses of one component, connected. */
async function component(nucleus: NucleusIpc) {
  const clock = systemClock()
  const over = new AbortController()
  const session = ipcSession(nucleus, { clock, log: silentLog })
  const running = together(over.signal, (signal) => session.run(signal))
  await session.connection(over.signal)
  const options = { session, clock, log: silentLog }
  return {
    signal: over.signal,
    session,
    local: ipcLocalBus(options),
    cloud: ipcCloudBus(options),
    configuration: ipcConfiguration(options),
    async [Symbol.asyncDispose]() {
      over.abort(new Error('the test is over'))
      await running
    },
  }
}

/** What a subscription has said so far. */
function heard<Item>(stream: AsyncIterable<Item>): Item[] {
  const items: Item[] = []
  void (async () => {
    for await (const item of stream) items.push(item)
  })().catch(() => {})
  return items
}

const kinds = (items: readonly (Subscribed | LocalMessage | CloudMessage)[]) => items.map(({ kind }) => kind)

test('a message reaches the other components that subscribed to its topic', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  await using button = await component(nucleus)
  const messages = heard(led.local.subscribe('fleet/button/pressed', led.signal))
  await vi.waitFor(() => expect(messages).toEqual([{ kind: 'subscribed' }]))
  await button.local.publish('fleet/button/other', { on: false })
  await button.local.publish('fleet/button/pressed', { on: true })
  await vi.waitFor(() => expect(messages).toEqual([{ kind: 'subscribed' }, { kind: 'message', message: { on: true } }]))
})

test('messages go to the cloud and come from it', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  const messages = heard(led.cloud.subscribe(['a', 'b'], led.signal))
  await vi.waitFor(() => expect(kinds(messages)).toEqual(['subscribed']))
  nucleus.cloud.receive('b', { frequencyHz: 5 })
  await vi.waitFor(() => expect(kinds(messages)).toEqual(['subscribed', 'message']))
  expect(JSON.parse(Buffer.from((messages[1] as CloudMessage).payload).toString())).toEqual({ frequencyHz: 5 })
  await led.cloud.publish('up', { x: 1 }, 'until-delivered')
  await led.cloud.publish('up', { x: 2 }, 'now')
  expect(nucleus.cloud.sent).toEqual([
    { topic: 'up', delivery: 'until-delivered', message: { x: 1 } },
    { topic: 'up', delivery: 'now', message: { x: 2 } },
  ])
})

test('while the cloud is out of reach, what is to be delivered now is refused', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  nucleus.cloud.setOnline(false)
  await led.cloud.publish('up', {}, 'until-delivered')
  await expect(led.cloud.publish('up', {}, 'now')).rejects.toThrow('ServiceError')
})

test('when the nucleus restarts the component reconnects and subscribes again', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  const messages = heard(led.cloud.subscribe(['a'], led.signal))
  await vi.waitFor(() => expect(kinds(messages)).toEqual(['subscribed']))
  await nucleus.away()
  await expect(vi.waitFor(() => led.cloud.publish('up', {}, 'now'), { timeout: 300 })).rejects.toThrow()
  await nucleus.back()
  await vi.waitFor(() => expect(kinds(messages)).toEqual(['subscribed', 'subscribed']))
  nucleus.cloud.receive('a', {})
  await vi.waitFor(() => expect(kinds(messages)).toEqual(['subscribed', 'subscribed', 'message']))
  expect(led.cloud.session).toBe(2)
})

test('a call that is pending when the nucleus goes is rejected', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  nucleus.hang('PublishToIoTCore')
  const pending = expect(led.cloud.publish('up', {}, 'now')).rejects.toThrow('the nucleus has gone')
  nucleus.drop()
  await pending
})

test('a call that is never answered is rejected in time, and the connection made anew', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  nucleus.hang('PublishToTopic')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const unanswered = expect(led.local.publish('a', {})).rejects.toThrow('has not answered within 10 s')
  vi.advanceTimersByTime(10_000)
  await unanswered
  vi.useRealTimers()
  nucleus.obey('PublishToTopic')
  await vi.waitFor(() => expect(led.cloud.session).toBe(2))
  await led.local.publish('a', {})
})

test('a refused subscription is tried again', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  nucleus.refuse('SubscribeToIoTCore', 'UnauthorizedError')
  const messages = heard(led.cloud.subscribe(['a', 'b'], led.signal))
  await vi.waitFor(() => expect(nucleus.asked.filter((operation) => operation === 'SubscribeToIoTCore').length).toBeGreaterThan(2))
  expect(messages).toEqual([])
  nucleus.obey('SubscribeToIoTCore')
  await vi.waitFor(() => expect(kinds(messages)).toEqual(['subscribed']))
  expect(nucleus.subscribed()).toEqual(['a', 'b'])
})

test('a wrong token is refused', async () => {
  await using nucleus = await nucleusIpc()
  await expect(connectIpc({ socketPath: nucleus.socketPath, token: 'WRONG' })).rejects.toThrow('the nucleus connection failed')
})

test('the configuration is read, and its changes are told', async () => {
  await using nucleus = await nucleusIpc({ telemetryRule: 'a', accessControl: {} })
  await using led = await component(nucleus)
  expect(await led.configuration.read(led.signal)).toEqual({ telemetryRule: 'a', accessControl: {} })
  const updates = heard(led.configuration.updates(led.signal))
  await vi.waitFor(() => expect(updates).toHaveLength(1))
  nucleus.configure({ telemetryRule: 'b' })
  await vi.waitFor(() => expect(updates).toHaveLength(2))
  expect(await led.configuration.read(led.signal)).toEqual({ telemetryRule: 'b' })
})

test('a component without configuration reads an empty one', async () => {
  await using nucleus = await nucleusIpc()
  await using led = await component(nucleus)
  nucleus.refuse('GetConfiguration', 'ResourceNotFoundError')
  expect(await led.configuration.read(led.signal)).toEqual({})
})
