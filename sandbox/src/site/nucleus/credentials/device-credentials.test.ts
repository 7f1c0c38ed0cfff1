// sandbox/src/site/nucleus/credentials/device-credentials.test.ts: role credentials over their life: kept, renewed before they end, refused, and asked for again.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test } from 'vitest'
import { testCloud } from '../../../cloud/iot-core/testing.ts'
import { networkCable } from '../../network.ts'
import { deviceCredentials, ERROR_CACHING } from './device-credentials.ts'

const HOUR_MS = 3_600_000
const START = Date.now()

/** A credentials provider that answers with these statuses in turn, the last of them for ever; each key lives an hour by the device's clock. */
async function provider(...statuses: readonly number[]) {
  const cloud = await testCloud()
  const { pki } = cloud
  const { cert: certificate, key: privateKey } = await cloud.issue('core')
  let nowMs = START
  const asked: (string | undefined)[] = []
  const server = createServer({ ...pki.serverCredentials(), requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const status = statuses[Math.min(asked.length, statuses.length - 1)] ?? 200
    asked.push(String(request.headers['x-amzn-iot-thingname']))
    const credentials = { accessKeyId: `KEY${asked.length}`, secretAccessKey: 's', sessionToken: 't', expiration: new Date(nowMs + HOUR_MS).toISOString() }
    response.writeHead(status).end(JSON.stringify(status === 200 ? { credentials } : { message: 'Access Denied' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const now = () => new Date(nowMs)
  const network = networkCable({ now: () => new Date() })
  const access = { network, signal: new AbortController().signal, tls: async () => ({ ca: pki.caPem, certificate, privateKey }) }
  const endpoint = () => `localhost:${(server.address() as AddressInfo).port}`
  const credentials = deviceCredentials({ access, log: silentLog, now, endpoint, roleAlias: () => 'alias', thingName: () => 'core', errorCaching: () => ERROR_CACHING })
  return {
    ...{ credentials, asked, network },
    pass: (ms: number) => void (nowMs += ms),
    key: async () => (await credentials.credentials()).accessKeyId,
  }
}

test('they are kept until five minutes before they end, then renewed', async () => {
  const { key, pass, asked } = await provider(200)
  expect([await key(), await key()]).toEqual(['KEY1', 'KEY1'])
  pass(HOUR_MS - 5 * 60_000 - 1000)
  expect(await key()).toBe('KEY1')
  pass(2000)
  expect([await key(), await key()]).toEqual(['KEY2', 'KEY2'])
  expect(asked).toEqual(['core', 'core'])
})

test('who asks at the same moment gets the answer to one question', async () => {
  const { key, asked } = await provider(200)
  expect(await Promise.all([key(), key(), key()])).toEqual(['KEY1', 'KEY1', 'KEY1'])
  expect(asked).toHaveLength(1)
})

test.each<[number, number]>([
  [403, 120_000],
  [503, 60_000],
])('an answer %i is kept for %i ms, then asked again', async (status, keptMs) => {
  const { credentials, key, pass, asked } = await provider(status, 200)
  await expect(key()).rejects.toThrow(`TES responded with status code: ${status}`)
  pass(keptMs - 1000)
  expect((await credentials.answer()).status).toBe(status)
  expect(asked).toHaveLength(1)
  pass(2000)
  expect(await key()).toBe('KEY2')
})

test('a new identity does not wait for the end of the old refusal', async () => {
  const { credentials, key } = await provider(403, 200)
  await expect(key()).rejects.toThrow('403')
  credentials.forget()
  expect(await key()).toBe('KEY2')
})

test('without a network there are none, and that is kept for five minutes', async () => {
  const { credentials, network, pass, key } = await provider(200)
  network.cut()
  expect(await credentials.answer()).toMatchObject({ status: 500, body: 'Failed to get connection' })
  network.restore()
  expect((await credentials.answer()).status).toBe(500)
  pass(300_001)
  expect(await key()).toBe('KEY1')
})
