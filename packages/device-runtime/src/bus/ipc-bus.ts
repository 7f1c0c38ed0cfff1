// packages/device-runtime/src/bus/ipc-bus.ts: the ports LocalBus, CloudBus and Configuration on the nucleus's IPC.
import { model } from 'aws-iot-device-sdk-v2/dist/greengrasscoreipc.js'
import type { Log } from '@fleet/log'
import { backoff } from '../backoff.ts'
import { sleep, type Clock } from '../clock.ts'
import { queue, type Queue } from '../queue.ts'
import type { CloudBus, CloudMessage, Configuration, LocalBus, LocalMessage, Subscribed } from './bus.ts'
import { IpcRefusal } from './ipc-error.ts'
import type { IpcConnection, IpcStream } from './ipc-connection.ts'
import type { IpcSession } from './ipc-session.ts'

export interface IpcBusOptions {
  readonly session: IpcSession
  readonly clock: Clock
  readonly log: Log
}

export const ipcLocalBus = ({ session, clock, log }: IpcBusOptions): LocalBus => ({
  async publish(topic, message) {
    await session.connectionNow().call((client) => client.publishToTopic({ topic, publishMessage: { jsonMessage: { message } } }))
  },
  subscribe: (topic, signal) =>
    standing<LocalMessage>({ session, clock, log: log.with({ topic }) }, signal, (connection, arriving) => [
      connection.stream((client) => client.subscribeToTopic({ topic }), {
        onMessage: ({ jsonMessage }) => arriving.push({ kind: 'message', message: jsonMessage?.message }),
        onEnd: arriving.end,
      }),
    ]),
})

const QOS = { now: model.QOS.AT_MOST_ONCE, 'until-delivered': model.QOS.AT_LEAST_ONCE } as const

export const ipcCloudBus = ({ session, clock, log }: IpcBusOptions): CloudBus => ({
  get session() {
    return session.number
  },
  async publish(topicName, message, delivery) {
    const payload = JSON.stringify(message)
    await session.connectionNow().call((client) => client.publishToIoTCore({ topicName, qos: QOS[delivery], payload }))
  },
  subscribe: (topics, signal) =>
    standing<CloudMessage>({ session, clock, log: log.with({ topics }) }, signal, (connection, arriving) =>
      topics.map((topicName) =>
        connection.stream((client) => client.subscribeToIoTCore({ topicName, qos: model.QOS.AT_LEAST_ONCE }), {
          onMessage: ({ message }) => message && arriving.push({ kind: 'message', topic: message.topicName, payload: bytes(message.payload) }),
          onEnd: arriving.end,
        }),
      ),
    ),
})

export const ipcConfiguration = ({ session, clock, log }: IpcBusOptions): Configuration => ({
  async read(signal) {
    const connection = await session.connection(signal)
    try {
      const answer = await connection.call((client) => client.getConfiguration({ keyPath: [] }))
      const value: unknown = answer.value
      return isRecord(value) ? value : {}
    } catch (error) {
      if (error instanceof IpcRefusal && error.code === 'ResourceNotFoundError') return {} // nothing is configured
      throw error
    }
  },
  updates: (signal) =>
    standing<{ kind: 'message' }>({ session, clock, log: log.with({ of: 'configuration' }) }, signal, (connection, arriving) => [
      connection.stream((client) => client.subscribeToConfigurationUpdate({ keyPath: [] }), { onMessage: () => arriving.push({ kind: 'message' }), onEnd: arriving.end }),
    ]),
})

type Open<Message> = (connection: IpcConnection, arriving: Queue<Message>) => Promise<IpcStream>[]

/** Streams that are opened again whenever they end, until the signal aborts. */
async function* standing<Message>({ session, clock, log }: IpcBusOptions, signal: AbortSignal, open: Open<Message>): AsyncGenerator<Subscribed | Message> {
  const retry = backoff({ firstMs: 500, mostMs: 30_000 })
  while (!signal.aborted) {
    const connection = await session.connection(signal)
    const arriving = queue<Message>()
    const opening = open(connection, arriving)
    try {
      await Promise.all(opening)
      retry.reset()
      yield { kind: 'subscribed' }
      yield* arriving.until(signal)
    } catch (why) {
      log.warn('subscription lost', { why })
      await sleep(clock, retry.next(), signal)
    } finally {
      for (const stream of await Promise.allSettled(opening)) if (stream.status === 'fulfilled') await stream.value.close()
    }
  }
}

function bytes(payload: model.MQTTMessage['payload']): Uint8Array {
  if (payload === undefined) return new Uint8Array()
  if (typeof payload === 'string') return Buffer.from(payload)
  return ArrayBuffer.isView(payload) ? new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength) : new Uint8Array(payload)
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
