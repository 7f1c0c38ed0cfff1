// sandbox/src/cloud/wire/listener.test.ts: one port for HTTP and TLS, client certificates, plain routes, upgrades, a taken port, the end.
import { X509Certificate } from 'node:crypto'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { certificateRequest } from '../pki/testing.ts'
import { PortInUse } from '../port-in-use.ts'
import type { Service } from '../service.ts'
import type { HttpRequest, HttpRoute } from './http-route.ts'
import { listen } from './listener.ts'
import { openTestGateway } from './testing.ts'

const describeRequest = ({ method, path, query, isTls, clientCertificate, origin }: HttpRequest) => JSON.stringify({ method, path, query: [...query], isTls, origin, certificateId: clientCertificate?.certificateId })

const plain: HttpRoute = {
  prefix: '/plain/',
  handle: (request) => ({ status: 201, headers: { 'x-a': 'b' }, body: describeRequest(request) }),
  upgrade: (_request, { socket }) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello'),
}
const deeper: HttpRoute = { prefix: '/plain/deeper/', handle: () => ({ status: 200, body: 'deeper' }) }
const failing: HttpRoute = { prefix: '/failing/', handle: () => Promise.reject(new Error('a bug')) }
const broken: HttpRoute = {
  prefix: '/broken/',
  handle: () => ({ status: 200, headers: { 'content-length': '9' }, body: (function* () { yield Buffer.from('half'); throw new Error('gone') })() }),
}
const routes = [plain, deeper, failing, broken]

async function device(pki: Awaited<ReturnType<typeof openTestGateway>>['pki']) {
  const { csr, privateKey } = await certificateRequest('CN=pi')
  const { certificateId, pem } = pki.issueFromRequest(csr)
  return { key: privateKey, cert: pem, certificateId }
}

async function getOverTls(port: number, path: string, credentials: { ca: string; key?: string; cert?: string }): Promise<{ status: number | undefined; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; text: string }>()
  httpsGet({ port, path, host: '127.0.0.1', ...credentials, agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (piece: string) => (text += piece)).on('end', () => resolve({ status: response.statusCode, text }))
  }).on('error', reject)
  return promise
}

test('plain routes are asked for unsigned requests, the longest prefix first', async () => {
  const { endpoint } = await openTestGateway({ services: [], routes })
  const answer = await fetch(`${endpoint}/plain/a%2Fb?c=d`)
  expect([answer.status, answer.headers.get('x-a'), await answer.json()]).toEqual([201, 'b', { method: 'GET', path: '/plain/a%2Fb', query: [['c', 'd']], isTls: false, origin: endpoint }])
  expect(await (await fetch(`${endpoint}/plain/deeper/x`)).text()).toBe('deeper')
  expect((await fetch(`${endpoint}/plain/x?X-Amz-Signature=y`)).status).not.toBe(201)
})

test('a route that fails is a 500, a body that breaks off is seen to', async () => {
  const { endpoint, logged } = await openTestGateway({ services: [], routes })
  expect((await fetch(`${endpoint}/failing/`)).status).toBe(500)
  expect(logged.at(-1)).toMatchObject({ level: 'error', fields: { error: expect.stringContaining('a bug') } })
  await expect(fetch(`${endpoint}/broken/`).then(async (answer) => answer.text())).rejects.toThrow()
})

test('TLS on the same port shows who the client is', async () => {
  const { port, pki } = await openTestGateway({ services: [], routes })
  const { certificateId, ...credentials } = await device(pki)
  expect(JSON.parse((await getOverTls(port, '/plain/', { ca: pki.caPem, ...credentials })).text)).toMatchObject({ isTls: true, origin: `https://127.0.0.1:${port}`, certificateId })
  expect(JSON.parse((await getOverTls(port, '/plain/', { ca: pki.caPem })).text)).not.toHaveProperty('certificateId')
  expect(new X509Certificate(credentials.cert).subject).toBe('CN=pi')
})

test('a device calls its data plane by its certificate alone; other services and unknown certificates are refused', async () => {
  const services: Service[] = [
    { model: 'iot-data-plane', certificateCallers: true, operations: { GetThingShadow: (_input: never, { principal }) => ({ payload: JSON.stringify(principal) }) } },
    { model: 'greengrassv2', operations: { ListCoreDevices: () => ({}) } },
  ]
  const known = new Set<string>()
  const { port, pki } = await openTestGateway({ services, certificateArn: (id) => (known.has(id) ? `arn:cert/${id}` : undefined) })
  const { certificateId, ...credentials } = await device(pki)
  const tls = { ca: pki.caPem, ...credentials }
  expect(await getOverTls(port, '/things/pi/shadow', tls)).toMatchObject({ status: 403, text: expect.stringContaining('Forbidden') })
  known.add(certificateId)
  expect(JSON.parse((await getOverTls(port, '/things/pi/shadow', tls)).text)).toEqual({ kind: 'certificate', arn: `arn:cert/${certificateId}`, certificateId })
  expect((await getOverTls(port, '/greengrass/v2/coreDevices', tls)).status).toBe(403)
})

test('an upgrade goes to the route of its path', async () => {
  const { port } = await openTestGateway({ services: [], routes })
  const ask = async (path: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    let text = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject).on('data', (bytes) => (text += bytes.toString())).on('close', () => resolve(text))
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`)
    return promise
  }
  expect(await ask('/plain/mqtt')).toContain('hello')
  expect(await ask('/nowhere')).toContain('404')
})

test('bytes that are neither HTTP nor TLS are answered and closed, and nobody waits for a silent client', async () => {
  const { port, pki } = await openTestGateway({ services: [] })
  const { promise, resolve } = Promise.withResolvers<string>()
  connect(port, '127.0.0.1').on('data', (bytes) => resolve(bytes.toString())).write('\u0001\u0002 hello\r\n\r\n')
  expect(await promise).toContain('400 Bad Request')
  const silent = connect(port, '127.0.0.1')
  silent.on('error', () => undefined)
  onTestFinished(() => void silent.destroy())
  const bad = connectTls({ port, host: '127.0.0.1', ca: 'no CA', rejectUnauthorized: false, maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' })
  await new Promise((end) => bad.once('error', end))
  expect((await getOverTls(port, '/', { ca: pki.caPem })).status).toBe(501)
}) // the gateway's end, when this test finishes, must not wait for `silent`

test('a taken port is said to be', async () => {
  const { port, pki, clock } = await openTestGateway({ services: [] })
  const silence = { debug() {}, info() {}, warn() {}, error() {} }
  const again = listen({ host: '127.0.0.1', port, serverIdentity: pki, clock, log: silence, gateway: { answer: async () => ({ status: 200 }), upgradeRoute: () => undefined } })
  await expect(again).rejects.toBeInstanceOf(PortInUse)
  await expect(again).rejects.toMatchObject({ code: 'PORT_IN_USE', port, role: 'gateway' })
})

test('answers that are under way are finished before the end', async () => {
  const { promise: asked, resolve: nowAsked } = Promise.withResolvers<undefined>()
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
  const slow: HttpRoute = { prefix: '/slow/', handle: async () => (nowAsked(undefined), await released, { status: 200, body: 'done' }) }
  const { pki, clock } = await openTestGateway({ services: [] })
  const silence = { debug() {}, info() {}, warn() {}, error() {} }
  const listener = await listen({ host: '127.0.0.1', port: 0, serverIdentity: pki, clock, log: silence, gateway: { answer: async (request) => slow.handle(request), upgradeRoute: () => undefined } })
  const answer = fetch(`http://127.0.0.1:${listener.port}/slow/`)
  await asked
  const ended = listener[Symbol.asyncDispose]()
  release(undefined)
  expect(await (await answer).text()).toBe('done')
  await ended
  await expect(fetch(`http://127.0.0.1:${listener.port}/slow/`)).rejects.toThrow()
})
