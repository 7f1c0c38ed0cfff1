// sandbox/src/operator/sandbox.test.ts: `fleet sandbox …`: what it asks of the control API, and how fleet finds a sandbox at all.
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { PiStand, SandboxPi } from '@fleet/contract/sandbox-control'
import { SANDBOX_ENDPOINTS_FILE } from '@fleet/contract/sandbox-endpoints'
import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import type { Stand } from '../site/messages.ts'
import { openTestStage } from './testing.ts'

const STAND: PiStand = { state: 'joined', what: 'joined the fleet', connected: true, light: { light: 'blinking', frequencyHz: 5.01 }, button: { presses: 2 }, components: [] }
const PI = { serial: 'aaaa0001', stand: STAND, power: 'on', networkIsCut: true, clockSkewMs: -7_200_000, boardIsHot: true } as unknown as SandboxPi // a branded serial number, as it comes over the wire

/** Answers as the sandbox's control API does, and remembers what it was asked. */
async function control() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim())
      const isUnknown = request.url?.includes('/pis/dddd0001/') === true
      const isCloud = request.url === '/api/cloud/clock'
      const isRelease = request.url === '/api/cloud/bad-release'
      const answer = isRelease ? { release: 'f00', component: 'fleetwright.cert-rotator', version: '0.1.7' } : isCloud ? { now: '2027-05-21T12:00:00.000Z' } : isUnknown ? { code: 'PI_OFF', what: 'dddd0001 is switched off', remedy: 'Switch it on.' } : request.url === '/api/pis' ? { pis: [PI] } : PI
      response.writeHead(isUnknown ? 409 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } // a TCP server has this kind of address
}

test('a Pi stands in the contract as the site tells it', () => {
  expectTypeOf<Stand>().toExtend<PiStand>()
  expectTypeOf<PiStand['state']>().toEqualTypeOf<Stand['state']>()
})

const ROW = /aaaa0001 {2}on {5}joined {2}5 Hz {3}2 {8}no network, clock −2 h, hot board {2}joined the fleet/

test.each<[string[], string, RegExp?]>([
  [['press', 'AAAA0001'], 'POST /api/pis/aaaa0001/press {}', /^pressed: the button of aaaa0001/],
  [['unplug', 'aaaa0001'], 'POST /api/pis/aaaa0001/unplug {}'],
  [['power', 'on', 'aaaa0001'], 'POST /api/pis/aaaa0001/power {"on":true}', /^switched on: aaaa0001 starts/],
  [['power', 'on', 'aaaa0001', '--new'], 'POST /api/pis/aaaa0001/power {"on":true,"new":true}', /^switched on: aaaa0001 starts/],
  [['power', 'off', 'aaaa0001'], 'POST /api/pis/aaaa0001/power {"on":false}'],
  [['network', 'cut', 'aaaa0001'], 'POST /api/pis/aaaa0001/network {"cut":true}'],
  [['network', 'restore', 'aaaa0001'], 'POST /api/pis/aaaa0001/network {"cut":false}'],
  [['clock', '+365d', 'aaaa0001'], 'POST /api/pis/aaaa0001/clock {"skewMs":31536000000}'],
  [['clock', '-2h', 'aaaa0001'], 'POST /api/pis/aaaa0001/clock {"skewMs":-7200000}'],
  [['clock', '0', 'aaaa0001'], 'POST /api/pis/aaaa0001/clock {"skewMs":0}'],
  [['heat', 'on', 'aaaa0001'], 'POST /api/pis/aaaa0001/heat {"hot":true}'],
  [['heat', 'off', 'aaaa0001'], 'POST /api/pis/aaaa0001/heat {"hot":false}'],
  [['corrupt-card', 'aaaa0001'], 'POST /api/pis/aaaa0001/corrupt-card {}', /^corrupted: the card of aaaa0001/],
  [['bad-release'], 'POST /api/cloud/bad-release {}', /^deployed: f00, in which fleetwright.cert-rotator 0.1.7 ends/],
  [['list'], 'GET /api/pis'],
])('fleet sandbox %s', async (words, expected, said = ROW) => {
  const { asked, url } = await control()
  const stage = await openTestStage({ console: url })
  expect(await stage.fleet(['sandbox', ...words])).toMatchObject({ code: 0, out: expect.stringMatching(said) })
  expect(asked).toEqual([expected])
})

test('without a serial number the clock is that of the cloud', async () => {
  const { asked, url } = await control()
  const stage = await openTestStage({ console: url })
  expect(await stage.fleet(['sandbox', 'clock', '+181d'])).toMatchObject({ code: 0, out: 'It is 2027-05-21T12:00:00.000Z in the cloud.\n' })
  expect(asked).toEqual(['POST /api/cloud/clock {"advanceMs":15638400000}'])
})

test.each<[string[], string]>([
  [['power', 'up', 'aaaa0001'], 'on or off'],
  [['clock', '-2x', 'aaaa0001'], 'a time such as'],
  [['press'], "missing required argument 'serial'"],
  [['press', 'aaaa0001', 'bbbb0001'], 'too many arguments'],
  [['press', 'no serial'], 'SERIAL_NUMBER_MALFORMED'],
  [['shake', 'aaaa0001'], "unknown command 'shake'"],
])('fleet sandbox %s is wrong use', async (words, said) => {
  const stage = await openTestStage()
  expect(await stage.fleet(['sandbox', ...words])).toMatchObject({ code: 2, err: expect.stringContaining(said) })
})

test('what the sandbox refuses is told with its remedy; --json tells it on stdout', async () => {
  const { url } = await control()
  const stage = await openTestStage({ console: url })
  expect(await stage.fleet(['sandbox', 'press', 'dddd0001'])).toMatchObject({ code: 1, err: expect.stringMatching(/dddd0001 is switched off\n +do: Switch it on\.\n code: PI_OFF/) })
  expect(JSON.parse((await stage.fleet(['sandbox', 'press', 'dddd0001', '--json'])).out)).toMatchObject({ error: { code: 'PI_OFF', remedy: 'Switch it on.' } })
})

test.each<[string, string | undefined, string]>([
  ['no endpoints file', undefined, 'SANDBOX_NOT_RUNNING'],
  ['a sandbox that has ended', JSON.stringify({ pid: 2 ** 22 - 1 }), 'SANDBOX_NOT_RUNNING'],
  ['a file that is none of ours', '{"pid":"x"}', 'SANDBOX_ENDPOINTS_INVALID'],
])('with %s there is none', async (_case, change, code) => {
  const stage = await openTestStage()
  const file = join(stage.folder, SANDBOX_ENDPOINTS_FILE)
  const known = JSON.parse(await import('node:fs/promises').then(({ readFile }) => readFile(file, 'utf8'))) as object
  if (change === undefined) await rm(file)
  else await writeFile(file, JSON.stringify({ ...known, ...(JSON.parse(change) as object) }))
  expect(await stage.fleet(['sandbox', 'list'])).toMatchObject({ code: 1, err: expect.stringContaining(code) })
  // What was meant for a sandbox that is named must not go to AWS.
  expect(await stage.fleet(['status'])).toMatchObject({ code: 1, err: expect.stringContaining(code) })
})

test('a sandbox of another stage is not taken for the one that was asked for', async () => {
  const stage = await openTestStage()
  expect(await stage.fleet(['status', '--stage', 'prod'])).toMatchObject({ code: 1, err: expect.stringMatching(/of stage dev, not prod[^]*SANDBOX_STAGE_OTHER/) })
  expect(await stage.fleet(['status', '--stage', 'no such'])).toMatchObject({ code: 1, err: expect.stringContaining('SANDBOX_STAGE_OTHER') })
})

test('AWS_ENDPOINT_URL comes first; the sandbox’s own address is the sandbox; --aws goes past it', async () => {
  const stage = await openTestStage()
  const none = { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }
  const target = async (args: readonly string[], environment: Record<string, string> = {}) => /^target: (.*)$/m.exec((await stage.fleet(['status', ...args], { ...none, ...environment })).err)?.[1]
  expect(await target([], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })).toBe('http://127.0.0.1:9, stage dev (account 111111111111, eu-central-1)')
  expect(await target(['--aws'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })).toBe('http://127.0.0.1:9, stage dev (account 111111111111, eu-central-1)')
  expect(await target([], { AWS_ENDPOINT_URL: stage.proxy.url.replace('127.0.0.1', 'localhost') })).toBe(`the sandbox at ${stage.proxy.url}, stage dev (account 000000000000, eu-central-1)`)
  expect(await target(['--aws'])).toBe('AWS, stage dev (account 111111111111, eu-central-1)')
})
