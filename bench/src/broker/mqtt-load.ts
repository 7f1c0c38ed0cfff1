// bench/src/broker/mqtt-load.ts: a client that publishes and hears QoS 1 messages as fast as it may, and costs little itself: packets are made once, answers are not parsed further than needed.
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { generate } from 'mqtt-packet'
import { packetReader } from './packet-reader.ts'

export interface LoadOptions {
  readonly port: number
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly clientId: string
  /** It publishes to this topic and hears it. */
  readonly topic: string
  readonly payloadBytes: number
  /** Messages without PUBACK at one moment; AWS allows 100. */
  readonly inFlight: number
}

export interface Load {
  /** Messages that came back to it so far, acknowledged by it. */
  readonly delivered: number
  end(): void
}

const PUBACK = 4
const PUBLISH = 3
const LONGEST_ID = 0xffff

export async function mqttLoad({ clientId, topic, payloadBytes, inFlight, ...tls }: LoadOptions): Promise<Load> {
  const socket = connect({ host: 'localhost', ...tls })
  await once(socket, 'secureConnect')
  socket.setNoDelay(true)
  let delivered = 0
  const waiting: (() => void)[] = []
  const packet = publishPacket(topic, Buffer.alloc(payloadBytes, 'x'))
  let nextId = 0
  const publish = () => socket.write(packet((nextId = (nextId % LONGEST_ID) + 1)))
  const read = packetReader(({ type, body }) => {
    if (type === PUBACK) publish()
    else if (type === PUBLISH) {
      delivered++
      const topicBytes = body.readUInt16BE(0)
      socket.write(Buffer.from([0x40, 2, body[2 + topicBytes] ?? 0, body[3 + topicBytes] ?? 0]))
    } else waiting.shift()?.() // CONNACK, SUBACK
  })
  socket.on('data', (chunk: Buffer) => {
    socket.cork() // all answers to one chunk leave in one TLS record, with every broker alike
    read(chunk)
    socket.uncork()
  })
  const answered = (bytes: Buffer) => answerOf(socket, bytes, waiting)
  await answered(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId, keepalive: 600 }))
  await answered(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 1 }] }))
  for (let message = 0; message < inFlight; message++) publish()
  return {
    get delivered() {
      return delivered
    },
    end: () => void socket.destroy(),
  }
}

async function answerOf(socket: TLSSocket, request: Buffer, waiting: (() => void)[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const refuse = () => reject(new Error('the broker has closed the connection'))
  socket.once('close', refuse)
  waiting.push(() => resolve(undefined))
  socket.write(request)
  await promise
  socket.off('close', refuse)
}

/** The same packet for each message but for its id. */
function publishPacket(topic: string, payload: Buffer): (id: number) => Buffer {
  const template = generate({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId: 1 })
  const idAt = template.length - payload.length - 2
  return (id) => {
    const packet = Buffer.from(template)
    packet.writeUInt16BE(id, idAt)
    return packet
  }
}
