// sandbox/src/cloud/wire/browser-origin.test.ts: which web pages may call the cloud.
import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { openCloud } from '../cloud.ts'

const ROOT = { accessKeyId: 'AKIAROOT', secretAccessKey: 'root' }
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

async function asker() {
  const cloud = await openCloud({ stateFolder: ':memory:', account: { accountId: '000000000000', region: 'eu-central-1' }, rootKey: ROOT, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(() => cloud[Symbol.asyncDispose]())
  return (path: string, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}) =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: cloud.endpoints.gatewayPort, path, method, headers }, (response) => {
        response.resume()
        resolve({ status: response.statusCode, headers: response.headers })
      })
      asked.once('error', reject).end()
    })
}

const OWN = 'http://127.0.0.1:4599'
const PREFLIGHT = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization,x-amz-date' }
const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.alloc(16).toString('base64'), 'sec-websocket-protocol': 'mqtt' }

test('a page of this machine may ask, without the SDK’s retry headers', async () => {
  const ask = await asker()
  const { status, headers } = await ask('/things/t/shadow', { method: 'OPTIONS', headers: { origin: OWN, ...PREFLIGHT } })
  expect([status, headers['access-control-allow-origin']]).toEqual([200, OWN])
  expect(String(headers['access-control-allow-headers']).split(', ')).toEqual(expect.arrayContaining(['authorization', 'x-amz-date', 'x-amz-security-token']))
  expect(headers['access-control-allow-headers']).not.toContain('amz-sdk-')
  expect((await ask('/things', { headers: { origin: OWN } })).headers).toMatchObject({ 'access-control-allow-origin': OWN, vary: 'Origin' })
})

test.each(['https://evil.example', 'http://localhost.evil.example', 'http://127.0.0.1.evil.example:80', 'null', 'https://localhost:1'])('a page of %s may not even send', async (origin) => {
  const ask = await asker()
  for (const [path, options] of [['/things', { headers: { origin } }], ['/things', { method: 'OPTIONS', headers: { origin, ...PREFLIGHT } }], ['/mqtt', { headers: { origin, ...UPGRADE } }]] as const) {
    const { status, headers } = await ask(path, options)
    expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined])
  }
})

test('a program, which has no origin, is asked none', async () => {
  const ask = await asker()
  expect((await ask('/mqtt')).status).toBe(426)
})
