// sandbox/src/control/control.test.ts: the control API as tools, the console page and hostile web pages meet it.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { builtConsole } from '@fleet/console/build'
import { ConsoleSettings } from '@fleet/contract/console-settings'
import { controlPaths, ControlEvent, ControlRefusal, SandboxPi } from '@fleet/contract/sandbox-control'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { silentLog } from '@fleet/log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSite, type Site } from '../site/site.ts'
import { ConsolePortTaken, openControl, type Control } from './control.ts'
import type { AskPage, PageAnswer } from './page.ts'

const SERIAL = parseSerialNumber('10000000a1b2c3d4')
const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'
const SETTINGS = {
  STAGE: 'dev', REGION: 'eu-central-1', IOT_DATA_ENDPOINT: 'localhost', MQTT_PORT: 1, IOT_CREDENTIAL_ENDPOINT: 'localhost:1',
  GREENGRASS_DATA_PLANE_ENDPOINT: '' as const, PROVISIONING_TEMPLATE: 'fleet-dev', ROLE_ALIAS: 'fleet-dev-device', AWS_ENDPOINT_URL: '' as const,
}
const CLOUD = { stage: 'dev', accountId: '000000000000', region: 'eu-central-1', userPoolId: 'p', userPoolClientId: 'c', identityPoolId: 'i', iotEndpoint: '127.0.0.1:4566' }

let folder: string
let site: Site
let control: Control
let url: string
let settings: ConsoleSettings | undefined
let ask: AskPage | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-control-'))
  site = openSite({ folder, image: async () => ({ settings: SETTINGS, claim: { certificatePem: PEM, privateKeyPem: PEM }, rootCaPem: PEM }), patience: {}, routes: {}, onLine: () => {} })
  ask = undefined
  control = await open(0)
  url = `http://localhost:${control.port}`
})
afterEach(async () => {
  await control[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})
const open = (port: number) =>
  openControl({ port, host: '127.0.0.1', page: { ask: () => ask, cloud: () => 'http://127.0.0.1:4566', settings: () => settings }, log: silentLog, site, advanceCloudClock: async (byMs) => new Date(1_000_000 + byMs), deployBadRelease: async () => ({ release: 'f00', component: 'fleetwright.led', version: '0.1.7' }) })

const JSON_TYPE = { 'content-type': 'application/json' }
const post = (path: string, body: unknown, headers: Record<string, string> = JSON_TYPE) => fetch(`${url}${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
const refusal = async (response: Response) => [response.status, ControlRefusal.parse(await response.json()).code]

test('orders are carried out and answered with the Pi as it is then', async () => {
  await site.place(SERIAL)
  expect(await (await fetch(`${url}${controlPaths.pis}`)).json()).toEqual({ pis: [expect.objectContaining({ serial: SERIAL, power: 'off' })] })
  const cut = SandboxPi.parse(await (await post(controlPaths.network(SERIAL), { cut: true })).json())
  expect(cut.networkIsCut).toBe(true)
  const skewed = SandboxPi.parse(await (await post(controlPaths.clock(SERIAL), { skewMs: -1000 })).json())
  expect(skewed.clockSkewMs).toBe(-1000)
  const unplugged = SandboxPi.parse(await (await post(controlPaths.unplug(SERIAL), {})).json())
  expect(unplugged.power).toBe('unplugged')
  const hot = async (isHot: boolean) => SandboxPi.parse(await (await post(controlPaths.heat(SERIAL), { hot: isHot })).json()).boardIsHot
  expect([await hot(true), await hot(false)]).toEqual([true, false])
  expect(await (await post(controlPaths.badRelease, {})).json()).toEqual({ release: 'f00', component: 'fleetwright.led', version: '0.1.7' })
  expect(await (await post(controlPaths.cloudClock, { advanceMs: 500 })).json()).toEqual({ now: new Date(1_000_500).toISOString() })
})

test.each<[string, string, unknown, [number, string]]>([
  ['a Pi that is not there', controlPaths.press('beef'), {}, [404, 'PI_UNKNOWN']],
  ['a Pi that is off', controlPaths.press(SERIAL), {}, [409, 'PI_OFF']],
  ['a serial number that is none', controlPaths.press('..%2F..%2Fetc'), {}, [400, 'SERIAL_NUMBER_MALFORMED']],
  ['an order that is none', controlPaths.power(SERIAL), { on: 'yes' }, [400, 'ORDER_MALFORMED']],
  ['an order with more in it', controlPaths.press(SERIAL), { twice: true }, [400, 'ORDER_MALFORMED']],
  ['no JSON', controlPaths.press(SERIAL), '{', [400, 'ORDER_MALFORMED']],
  ['too much', controlPaths.press(SERIAL), { long: 'x'.repeat(20_000) }, [400, 'ORDER_MALFORMED']],
  ['an unknown path', '/api/dance', {}, [404, 'PATH_UNKNOWN']],
])('%s is told so', async (_case, path, body, expected) => {
  await site.place(SERIAL)
  expect(await refusal(await post(path, body))).toEqual(expected)
})

test('what another web site can send is refused', async () => {
  await site.place(SERIAL)
  const path = controlPaths.unplug(SERIAL)
  expect(await refusal(await post(path, {}, { 'content-type': 'text/plain' }))).toEqual([415, 'CONTENT_TYPE_WRONG'])
  expect(await refusal(await post(path, {}, { ...JSON_TYPE, origin: 'https://evil.example' }))).toEqual([403, 'ORIGIN_FOREIGN'])
  expect(await refusal(await post(path, {}, { ...JSON_TYPE, origin: 'http://localhost:1' }))).toEqual([403, 'ORIGIN_FOREIGN'])
  expect(await refusal(await post(path, {}, { ...JSON_TYPE, origin: 'null' }))).toEqual([403, 'ORIGIN_FOREIGN'])
  expect(site.pi(SERIAL)?.power).toBe('off')
  expect((await post(path, {}, { ...JSON_TYPE, origin: url })).status).toBe(200)
})

test.each(['evil.example', `evil.example:80`, 'localhost.evil.example'])('a name that DNS leads here (%s) is refused', async (host) => {
  const status = await new Promise((resolve, reject) => {
    request({ port: control.port, path: controlPaths.pis, headers: { host } }, (response) => resolve(response.statusCode)).once('error', reject).end()
  })
  expect(status).toBe(403)
})

test('listeners hear every Pi, then each change, until the server ends', async () => {
  await site.place(SERIAL)
  const response = await fetch(`${url}${controlPaths.events}`)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const heard: ControlEvent[] = []
  const listening = (async () => {
    const decoder = new TextDecoderStream()
    let text = ''
    for await (const part of response.body!.pipeThrough(decoder)) {
      text += part
      heard.push(...text.split('\n\n').slice(0, -1).filter((each) => each.startsWith('data: ')).map((each) => ControlEvent.parse(JSON.parse(each.slice(6)))))
      text = text.slice(text.lastIndexOf('\n\n') + 2)
    }
  })().catch(() => 'cut')
  await expect.poll(() => heard).toEqual([expect.objectContaining({ tell: 'pi' }), { tell: 'complete' }])
  await site.cutNetwork(SERIAL, true)
  await expect.poll(() => heard.at(-1)).toMatchObject({ tell: 'pi', pi: { serial: SERIAL, networkIsCut: true } })
  await control[Symbol.asyncDispose]()
  await listening
  control = await open(0)
})

test('the page is the one of the distribution, under its policy, with whom it may speak to at this machine', async () => {
  expect(await refusal(await fetch(`${url}/`))).toEqual([503, 'CLOUD_STARTS'])
  const asked: unknown[] = []
  ask = async (path, headers): Promise<PageAnswer> => {
    asked.push([path, headers['if-none-match']])
    if (path !== '/') return { status: 403, headers: {}, body: new Uint8Array() }
    const policy = "default-src 'none'; connect-src 'self' https://iot.eu-central-1.amazonaws.com wss://*.iot.eu-central-1.amazonaws.com; base-uri 'none'"
    return { status: 200, headers: { 'content-security-policy': policy, 'strict-transport-security': 'max-age=1', 'x-own': 'one' }, body: new TextEncoder().encode('page') }
  }
  const response = await fetch(`${url}/?page=fleet`, { headers: { 'if-none-match': '"x"' } })
  expect([response.status, await response.text()]).toEqual([200, 'page'])
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; connect-src 'self' http://127.0.0.1:4566 ws://127.0.0.1:4566; base-uri 'none'")
  expect([response.headers.get('x-own'), response.headers.get('strict-transport-security')]).toEqual(['one', null])
  expect(asked).toEqual([['/', '"x"']])
  expect(await refusal(await fetch(`${url}/nothing.js`))).toEqual([404, 'PATH_UNKNOWN'])
})

test('what is loaded before the page is there has at most 150 kB, compressed', async () => {
  const built = await builtConsole()
  const waiting = [...readFileSync(join(built, 'index.html'), 'utf8').matchAll(/src="([^"]+\.js)"/g)].map(([, name = '']) => name)
  const seen = new Set<string>(waiting)
  let bytes = 0
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const text = readFileSync(join(built, file), 'utf8')
    bytes += gzipSync(text).length
    const imported = [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map(([, next = '']) => next).filter((next) => !seen.has(next))
    for (const next of imported) seen.add(next)
    waiting.push(...imported)
  }
  expect(seen.size).toBeGreaterThan(1)
  expect(bytes).toBeLessThanOrEqual(150_000)
})

test('every file that the page names is there, and all are named by their content', async () => {
  const built = await builtConsole()
  const named = [...readFileSync(join(built, 'index.html'), 'utf8').matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name = '']) => name)
  expect(named).toHaveLength(3)
  for (const name of named) expect(readdirSync(built)).toContain(name)
  for (const name of readdirSync(built).filter((each) => each !== 'index.html')) expect(name).toMatch(/-[0-9A-Za-z]{8}\.(js|css|svg)$/)
})

test('the page is told about its cloud when the stage is up', async () => {
  settings = undefined
  expect(await refusal(await fetch(`${url}/console.json`))).toEqual([503, 'CLOUD_STARTS'])
  settings = CLOUD
  expect(ConsoleSettings.parse(await (await fetch(`${url}/console.json`)).json())).toEqual(CLOUD)
})

test('a port that is taken is told', async () => {
  await expect(open(control.port)).rejects.toBeInstanceOf(ConsolePortTaken)
})
