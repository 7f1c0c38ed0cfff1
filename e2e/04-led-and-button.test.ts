// e2e/04-led-and-button.test.ts: the LED does what the cloud wishes, the button works without any cloud, and all that happened is reported once.
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { GetThingShadowCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { ButtonReported } from '@fleet/contract/button'
import { LedReported } from '@fleet/contract/led'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { setLed } from '@fleet/ops/led/set-led'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joined, running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const PI = serial(1)

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [PI], pis: 1 })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const document = async (shadowName: string): Promise<{ readonly state: { readonly reported?: unknown }; readonly version: number }> => {
  const { payload } = await sandbox.iotData.send(new GetThingShadowCommand({ thingName: PI, shadowName }))
  return JSON.parse(Buffer.from(payload ?? []).toString('utf8')) as Awaited<ReturnType<typeof document>>
}
const versionOf = async (shadowName: string) => (await document(shadowName)).version
const led = async () => LedReported.parse((await document('led')).state.reported)
const button = async () => ButtonReported.parse((await document('button')).state.reported)
const wish = (frequencyHz: unknown) => sandbox.iotData.send(new UpdateThingShadowCommand({ thingName: PI, shadowName: 'led', payload: Buffer.from(JSON.stringify({ state: { desired: { frequencyHz } } })) }))

/** What the devices' telemetry came to, in the order of the events' own numbers. */
async function telemetry(kind: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  for await (const { events = [] } of paginateFilterLogEvents({ client: sandbox.logs }, { logGroupName: sandbox.target.names.telemetryLogGroup })) {
    found.push(...events.map(({ message = '' }) => JSON.parse(message) as Record<string, unknown>)) // the rule writes JSON
  }
  return found.filter((batch) => batch['kind'] === kind && batch['thing'] === PI).flatMap((batch) => batch['entries'] as Record<string, unknown>[]) // as contract/telemetry.ts has it
}

const blinkingAt = (hz: number) => ({ stand: { light } }: SandboxPi) => light.light === 'blinking' && Math.abs(light.frequencyHz - hz) < hz * 0.1
const dark = ({ stand }: SandboxPi) => stand.light.light === 'dark'

test.each([5, 50, 0.5])('%d Hz wished by the shadow is seen on the pin, and reported as applied', async (frequencyHz) => {
  expect(await setLed(sandbox.target, { serial: PI, frequencyHz, waitMs: 15_000 })).toMatchObject({ outcome: 'applied' })
  await sandbox.until(PI, `blinking at ${frequencyHz} Hz`, blinkingAt(frequencyHz))
  expect(await led()).toMatchObject({ frequencyHz, on: true })
})

test.each([0, 51, -1, 'fast', null])('a wish that cannot be met (%s) is refused in the shadow, and changes nothing', async (frequencyHz) => {
  await setLed(sandbox.target, { serial: PI, frequencyHz: 2, waitMs: 15_000 })
  await wish(frequencyHz)
  if (frequencyHz !== null) await expect.poll(async () => (await led()).refused).toMatchObject({ frequencyHz }) // null takes the wish back
  expect((await led()).frequencyHz).toBe(2)
  await sandbox.until(PI, 'blinking as before', blinkingAt(2))
})

test('the button turns the LED off and on, and is counted', async () => {
  await sandbox.site.press(PI)
  await sandbox.until(PI, 'dark', dark)
  await expect.poll(async () => [(await button()).presses, (await led()).on]).toEqual([1, false])
  await sandbox.site.press(PI)
  await sandbox.until(PI, 'blinking', blinkingAt(2))
  await expect.poll(async () => [(await button()).presses, (await led()).on]).toEqual([2, true])
})

test('without a cloud the button works as well; afterwards all presses are there, none twice', async () => {
  const before = (await button()).presses
  await sandbox.site.cutNetwork(PI, true)
  await sandbox.until(PI, 'not connected', ({ stand }) => !stand.connected)
  for (const isOff of [true, false, true]) {
    await sandbox.site.press(PI)
    await sandbox.until(PI, isOff ? 'dark' : 'blinking', isOff ? dark : blinkingAt(2))
  }
  expect((await button()).presses).toBe(before)
  await sandbox.site.cutNetwork(PI, false)
  await expect.poll(async () => [(await button()).presses, (await led()).on]).toEqual([before + 3, false])
  const presses = (await telemetry('button')).map((event) => event['presses'])
  expect(presses).toEqual(Array.from({ length: before + 3 }, (_, index) => index + 1))
  const sequences = (await telemetry('led')).map((event) => event['sequence'])
  expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index + 1))
  expect(await button()).toMatchObject({ lostEvents: 0 })
})

test('a wish of the time without power is met when the power is back; the count goes on', async () => {
  const [before, version] = [(await button()).presses, await versionOf('button')]
  await sandbox.site.unplug(PI)
  await wish(4)
  await sandbox.site.powerOn(PI)
  await sandbox.until(PI, 'running', (pi) => joined(pi) && running(pi), 100_000)
  await expect.poll(() => versionOf('button')).toBeGreaterThan(version) // it reports when it has begun to listen: an earlier press finds nobody
  await expect.poll(async () => (await led()).frequencyHz).toBe(4)
  await sandbox.site.press(PI)
  await sandbox.until(PI, 'blinking', blinkingAt(4)) // it was off before
  await expect.poll(async () => (await button()).presses).toBe(before + 1)
})
