// sandbox/src/site/java-nucleus/doors.test.ts: a program that knows nothing of a Pi's network goes through it all the same.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { networkCable } from '../network.ts'
import { openDoor } from './door.ts'
import { ownAddresses } from './own-addresses.ts'

async function echo(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port // a TCP server has one
}

test('what is said at the door is said behind it, until the network is cut, and again when it is mended', async () => {
  const network = networkCable({ now: () => new Date() })
  const door = await openDoor(network, { host: '127.0.0.1', port: await echo() })
  onTestFinished(() => door[Symbol.asyncDispose]())
  expect(door.port).toBeLessThanOrEqual(32_767)
  const say = async () => {
    const socket = connect(door.port, '127.0.0.1').on('error', () => undefined) // «close» follows
    socket.write('hello')
    const heard = await new Promise((resolve) => socket.once('data', (data) => resolve(String(data))).once('close', () => resolve('closed')))
    return { socket, heard }
  }
  const { socket, heard } = await say()
  expect(heard).toBe('hello')
  const lost = once(socket, 'close')
  network.cut()
  await lost
  expect((await say()).heard).toBe('closed')
  network.restore()
  const again = await say()
  expect(again.heard).toBe('hello')
  again.socket.destroy()
})

const config = (data: string, credentials: string, plane: string) => `
services:
  aws.greengrass.Nucleus:
    configuration: { iotDataEndpoint: "${data}", iotCredEndpoint: "${credentials}", greengrassDataPlaneEndpoint: "${plane}", mqtt: { port: 8883 } }
`

test('only places on this machine get doors', () => {
  expect(ownAddresses(config('localhost', 'localhost:4566', 'https://localhost:4566'), 'http://127.0.0.1:4566')).toEqual({
    ...{ mqtt: { host: 'localhost', port: 8883 }, credentials: { host: 'localhost', port: 4566 }, dataPlane: { host: 'localhost', port: 4566 }, api: { host: '127.0.0.1', port: 4566 } },
  })
  const aws = ownAddresses(config('a-ats.iot.eu-central-1.amazonaws.com', 'c.credentials.iot.eu-central-1.amazonaws.com', ''), undefined)
  expect(Object.values(aws).every((place) => place === undefined)).toBe(true)
})
