// sandbox/src/site/simulated-pi.test.ts: a simulated Pi boots with the image's own scripts; its nucleus here only leaves the traces of one.
import { appendFile, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BootSettings } from '@fleet/contract/boot-settings'
import { WIRING } from '@fleet/contract/wiring'
import { silentLog } from '@fleet/log'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { flashCard, onCard } from './card.ts'
import type { Stand } from './messages.ts'
import type { NucleusHost, RunningNucleus } from './nucleus-host.ts'
import { switchOn, type SimulatedPi } from './simulated-pi.ts'

const SERIAL = '10000000a1b2c3d4'
const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'
const SETTINGS: BootSettings = {
  STAGE: 'dev',
  REGION: 'eu-central-1',
  IOT_DATA_ENDPOINT: 'localhost',
  MQTT_PORT: 8883,
  IOT_CREDENTIAL_ENDPOINT: 'localhost:4566',
  GREENGRASS_DATA_PLANE_ENDPOINT: 'https://localhost:4566',
  PROVISIONING_TEMPLATE: 'fleet-dev',
  ROLE_ALIAS: 'fleet-dev-device',
  AWS_ENDPOINT_URL: 'http://localhost:4566',
}
const PATIENCE = { firstMs: 20, mostMs: 100, offlineMostMs: 50, attemptMs: 60_000, pollMs: 20 }

let folder: string
let card: string
let stands: Stand[]
let pi: SimulatedPi | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-site-'))
  card = join(folder, "it's a card") // paths of real checkouts have blanks
  stands = []
  await flashCard({ folder: card, serial: SERIAL, settings: SETTINGS, claim: { certificatePem: PEM, privateKeyPem: PEM }, rootCaPem: PEM })
})
afterEach(async () => {
  await pi?.shutDown()
  pi = undefined
  await rm(folder, { recursive: true })
})

/** A nucleus that is admitted at once, or gives up as long as `refusals` has words. */
function nucleus(refusals: string[] = []) {
  const hosts: NucleusHost[] = []
  const start = async (host: NucleusHost): Promise<RunningNucleus> => {
    hosts.push(host)
    await mkdir(join(host.root, 'config'), { recursive: true })
    await mkdir(join(host.root, 'logs'), { recursive: true })
    const say = (line: string) => appendFile(join(host.root, 'logs/greengrass.log'), `${line}\n`)
    const why = refusals.shift()
    if (why === undefined) {
      const { services } = parse(await readFile(host.initConfig, 'utf8')) as { services: Record<string, { configuration: Record<string, string> }> }
      await writeFile(services['aws.greengrass.FleetProvisioningByClaim']?.configuration['certificatePath'] ?? '', PEM)
      await appendFile(join(host.root, 'config/config.tlog'), '{"TS":1,"TP":["system","thingName"],"W":"changed","V":"x"}\n')
      await say('Successfully connected to AWS IoT Core. {}')
    } else {
      await say('Caught exception during registering Iot Thing. {}')
      await say(`DeviceProvisioningRuntimeException: java.lang.RuntimeException: ${why}`)
      await say('Moving on to run Greengrass without provisioning. {}')
    }
    return { watch: (listener) => listener({ connected: why === undefined, components: [] }), ended: new Promise(() => {}), exitCode: undefined, stop: async () => {} }
  }
  return { hosts, start }
}

async function powerOn(startNucleus: (host: NucleusHost) => Promise<RunningNucleus>): Promise<SimulatedPi> {
  pi = await switchOn(
    { card, patience: PATIENCE, networkIsCut: false, clockSkewMs: 0, routes: {} },
    { startNucleus, tell: (stand) => stands.push(stand), power: { reboot() {}, off() {} }, log: silentLog, hostPath: process.env['PATH'] ?? '' },
  )
  return pi
}
const latest = () => stands.at(-1)

test('a new card joins, and at the next power-on goes straight to the nucleus', async () => {
  const { hosts, start } = nucleus()
  const first = await powerOn(start)
  await expect.poll(() => latest()?.state).toBe('joined')
  expect(latest()?.connected).toBe(true)
  expect(hosts[0]?.environment).toMatchObject({ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: 'http://localhost:4566', FLEET_ROOT: card })
  await expect(stat(join(card, onCard.bootFolder, 'private.key'))).rejects.toMatchObject({ code: 'ENOENT' })
  await first.shutDown()
  stands = []
  await powerOn(start)
  await expect.poll(() => latest()?.state).toBe('joined')
  expect(stands.map(({ state }) => state)).not.toContain('joining')
})

test('refused, it says why and joins later without a reboot', async () => {
  const { start } = nucleus(['Pre-provisioning hook denied the request', 'Pre-provisioning hook denied the request'])
  await powerOn(start)
  await expect.poll(() => latest()?.state).toBe('joined')
  const refusal = stands.find(({ state }) => state === 'refused')
  expect(refusal?.what).toMatch(`not on the allowlist: add ${SERIAL} (it said: Pre-provisioning hook denied the request)`)
})

test('settings of the site are taken over before it joins; wrong ones are told, and it joins all the same', async () => {
  await writeFile(join(card, onCard.siteSettings), 'hostname = "hall-3"\n')
  const { start } = nucleus()
  const first = await powerOn(start)
  await expect.poll(() => latest()?.state).toBe('joined')
  expect(await readFile(join(card, 'etc/hostname'), 'utf8')).toBe('hall-3\n')
  await first.shutDown()
  await rm(join(card, onCard.firstBootDone))
  await writeFile(join(card, onCard.siteSettings), '\nhostname = hall 4\n')
  stands = []
  await powerOn(start)
  await expect.poll(() => latest()?.state).toBe('joined')
  expect(stands.find(({ state }) => state === 'needs-help')?.what).toContain('line 2: hostname must be a text in quotation marks')
  expect(await readFile(join(card, onCard.status), 'utf8')).toMatch(/state: {2}joined\n[^]*also: {3}fleet.toml is wrong and was not taken over: line 2: hostname/)
})

test('its LED is seen, its button is pressed', async () => {
  const { start } = nucleus()
  const own = await powerOn(start)
  const led = createConnection(await readlink(join(card, onCard.gpioChip)))
  led.write(`${JSON.stringify({ ask: 'open-output', line: WIRING.led, level: 0 })}\n`)
  let half = 0
  const blinking = setInterval(() => led.write(`${JSON.stringify({ ask: 'set', level: half++ % 2 })}\n`), 50) // 10 Hz, for as long as a busy machine needs to blink so
  onTestFinished(() => clearInterval(blinking))
  await expect.poll(() => stands.some(({ light }) => light.light === 'blinking' && Math.abs(light.frequencyHz - 10) < 1)).toBe(true)
  clearInterval(blinking)
  await own.obey({ ask: 'press' })
  await expect.poll(() => latest()?.button.presses).toBe(1)
  led.destroy()
  await expect.poll(() => latest()?.light.light).toBe('dark')
})

test('a card is flashed once', async () => {
  const again = { folder: card, serial: 'other', settings: SETTINGS, claim: { certificatePem: '', privateKeyPem: '' }, rootCaPem: '' }
  expect(await flashCard(again)).toBe(false)
  expect(await readFile(join(card, onCard.deviceTreeSerial), 'utf8')).toBe(`${SERIAL}\0`)
})
