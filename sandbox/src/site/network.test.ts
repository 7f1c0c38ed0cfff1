// sandbox/src/site/network.test.ts: a Pi's network cable: what is cut is cut, from inside its process and through the door.
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { signCertificate } from '../cloud/pki/certificate.ts'
import { distinguishedName } from '../cloud/pki/distinguished-name.ts'
import { networkCable } from './network.ts'
import { openNetworkDoor, throughDoor } from './network-door.ts'

let ending = new AsyncDisposableStack()
afterEach(async () => {
  await ending.disposeAsync()
  ending = new AsyncDisposableStack()
})

async function listening<S extends Server>(server: S): Promise<{ server: S; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.defer(() => void server.close())
  return { server, port: (server.address() as AddressInfo).port } // it listens on TCP
}
const echo = () => listening(createServer((socket) => socket.pipe(socket).on('error', () => {})))

test('a connection is lost when the cable is cut; none can be made until it is restored', async () => {
  const { port } = await echo()
  const cable = networkCable({ now: () => new Date() })
  const socket = cable.connect('127.0.0.1', port)
  await once(socket, 'connect')
  cable.cut()
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(once(cable.connect('127.0.0.1', port), 'connect')).rejects.toMatchObject({ code: 'ENETUNREACH' })
  cable.restore()
  const again = cable.connect('127.0.0.1', port)
  await once(again, 'connect')
  again.destroy()
})

test('other processes come through the door, and are cut off with it', async () => {
  const { port } = await echo()
  const cable = networkCable({ now: () => new Date() })
  const folder = await mkdtemp(join(tmpdir(), 'fleet-door-'))
  ending.defer(() => rm(folder, { recursive: true }))
  ending.use(await openNetworkDoor(join(folder, 'door'), cable))
  const socket = await throughDoor(join(folder, 'door'), '127.0.0.1', port)
  socket.write('hello')
  const [data] = (await once(socket, 'data')) as [Buffer] // the event's argument
  expect(data.toString()).toBe('hello')
  const closed = once(socket, 'close')
  cable.cut()
  await closed
  await expect(throughDoor(join(folder, 'door'), '127.0.0.1', port)).rejects.toThrow(`connect ENETUNREACH 127.0.0.1:${port}`)
})

test('an address of the time when the card was flashed leads to where the cloud is now', async () => {
  const { port } = await echo()
  const socket = networkCable({ now: () => new Date(), routes: { 'localhost:8883': `127.0.0.1:${port}` } }).connect('localhost', 8883)
  await once(socket, 'connect')
  socket.destroy()
})

test('a certificate that is none is an error of the caller, and no connection is left', async () => {
  const { server, port } = await echo()
  let connections = 0
  server.on('connection', () => connections++)
  expect(() => networkCable({ now: () => new Date() }).connectTls('localhost', port, { ca: '', certificate: 'none', privateKey: 'none' })).toThrow(/PEM|no start line/)
  const socket = networkCable({ now: () => new Date() }).connect('127.0.0.1', port)
  await once(socket, 'connect')
  expect(connections).toBe(1)
  socket.destroy()
})

test.each([
  ['right', 0, undefined],
  ['a year behind', -365, 'CERT_NOT_YET_VALID'],
  ['a year ahead', 365, 'CERT_HAS_EXPIRED'],
])('with a clock that is %s, TLS is as on a Pi', async (_case, skewDays, code) => {
  const { certificate, privateKey } = serverCertificate()
  const { port } = await listening(createTlsServer({ cert: certificate, key: privateKey }, (socket) => socket.end()))
  const cable = networkCable({ now: () => days(skewDays) })
  const socket = cable.connectTls('localhost', port, { ca: certificate })
  const connected = once(socket, 'secureConnect')
  if (code === undefined) await connected
  else await expect(connected).rejects.toMatchObject({ code })
  socket.destroy()
})

/** As the cloud's: good for 90 days, from yesterday on. */
function serverCertificate(): { readonly certificate: string; readonly privateKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = distinguishedName({ CommonName: 'localhost' })
  const publicKeyInfo = publicKey.export({ type: 'spki', format: 'der' })
  const certificate = signCertificate(
    { subject: name, publicKeyInfo, notBefore: days(-1), notAfter: days(90), purpose: { kind: 'server', names: ['localhost'] } },
    { name, publicKeyInfo, privateKey },
  )
  return { certificate, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

const days = (count: number) => new Date(Date.now() + count * 86_400_000)

test('a name below localhost is this machine, whatever its resolver says', async () => {
  const { port } = await echo()
  const socket = networkCable({ now: () => new Date() }).connect('000000000000.dkr.ecr.eu-central-1.amazonaws.localhost', port)
  await once(socket, 'connect')
  socket.destroy()
})

test('all that the other side sent before it ended comes through the door, however slowly it is read', async () => {
  const content = Buffer.alloc(8 * 1024 * 1024, 'x') // more than all the buffers on the way
  const { port } = await listening(createServer((socket) => socket.on('error', () => {}).end(content)))
  const folder = await mkdtemp(join(tmpdir(), 'fleet-door-'))
  ending.defer(() => rm(folder, { recursive: true }))
  ending.use(await openNetworkDoor(join(folder, 'door'), networkCable({ now: () => new Date() })))
  const socket = await throughDoor(join(folder, 'door'), '127.0.0.1', port)
  let length = 0
  for await (const part of socket as AsyncIterable<Buffer>) {
    length += part.length
    await new Promise(setImmediate)
  }
  expect(length).toBe(content.length)
})
