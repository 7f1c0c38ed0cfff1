// os-image/test/uefi/time-server.ts: a time server (SNTP, RFC 4330) on this machine's loopback, where the guests of QEMU find it as 10.0.2.2.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const NTP_PORT = 123
const BEFORE_1970_S = 2_208_988_800 // NTP counts from 1900

/** @throws when the port cannot be had: another time server, or not root */
export async function timeServer(): Promise<AsyncDisposable> {
  const socket = createSocket('udp4')
  socket.on('message', (asked, { port, address }) => socket.send(answer(asked), port, address))
  socket.bind(NTP_PORT, '127.0.0.1')
  await once(socket, 'listening')
  return { [Symbol.asyncDispose]: () => new Promise((closed) => socket.close(() => closed())) }
}

function answer(asked: Buffer): Buffer {
  const reply = Buffer.alloc(48)
  reply.writeUInt8(0b00_100_100, 0) // no warning, version 4, server
  reply.writeUInt8(1, 1) // stratum: a primary source
  reply.writeInt8(-20, 3) // precision: a microsecond
  reply.write('LOCL', 12, 'latin1')
  asked.copy(reply, 24, 40, 48) // originate := the asker's transmit time
  for (const offset of [16, 32, 40]) writeNow(reply, offset)
  return reply
}

function writeNow(reply: Buffer, offset: number): void {
  const now = Date.now()
  reply.writeUInt32BE(Math.floor(now / 1000) + BEFORE_1970_S, offset)
  reply.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), offset + 4)
}
