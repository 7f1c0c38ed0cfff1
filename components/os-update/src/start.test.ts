// components/os-update/src/start.test.ts: the component with a host unit, a cloud and a nucleus that come and go, on real files.
import { OsUpdateReported, type OsUpdateWish } from '@fleet/contract/os-update'
import { TelemetryBatch } from '@fleet/contract/telemetry'
import { shadows, telemetry } from '@fleet/contract/topics'
import { hostExchange, restartable } from '@fleet/device-runtime/testing/host-exchange'
import { manualClock } from '@fleet/device-runtime/testing/manual-clock'
import { recordedCloudBus } from '@fleet/device-runtime/testing/recorded-bus'
import { shadowService } from '@fleet/device-runtime/testing/shadow-service'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { start } from './start.ts'

const THING = '10000000a1b2c3d4'
const RULE = 'fleet_dev_telemetry'

async function device() {
  const exchange = await hostExchange()
  const { files, host, names } = exchange
  const component = restartable()
  const clock = manualClock()
  const bus = recordedCloudBus()
  const shadow = shadowService(bus, shadows.osUpdate, THING)
  onTestFinished(async () => {
    await component.stop()
    await exchange[Symbol.asyncDispose]()
  })
  return {
    ...{ clock, bus, shadow, files, host, names, stop: () => component.stop() },
    begin({ id, reboot = 'when-needed' }: Partial<OsUpdateWish>) {
      component.begin((signal) => start({ thing: THING, settings: { telemetryRule: RULE, id: id ?? '', reboot }, log: silentLog, clock, files, host, cloud: bus }, signal))
    },
    request: () => files.read('request'),
    events: () => bus.sent.filter(({ topic }) => topic === telemetry.osUpdate.of(RULE, THING)).flatMap(({ message }) => TelemetryBatch.osUpdate.parse(message).entries),
    reported: () => (shadow.reported === undefined ? undefined : OsUpdateReported.parse(shadow.reported)),
    async until(holds: () => boolean | Promise<boolean>) {
      await vi.waitFor(async () => {
        await clock.advance(1000)
        expect(await holds()).toBe(true)
      }, { interval: 1 })
    },
  }
}

test('it asks, tells each change once, and is done when the host says so', async () => {
  const pi = await device()
  pi.begin({ id: '2026-11' })
  await pi.until(() => pi.reported()?.state === 'asked')
  await pi.until(async () => (await pi.request()) === 'update 2026-11 when-needed\n')
  await pi.host.replace('answer', 'waiting 2026-11 1 a deployment is running\n')
  await pi.until(() => pi.reported()?.state === 'waiting')
  await pi.host.replace('answer', 'updating 2026-11 1\n')
  await pi.until(() => pi.reported()?.state === 'updating')
  expect(pi.shadow.reported).not.toHaveProperty('why') // of the waiting
  await pi.host.replace('changes', 'openssl 3.0.15-1 3.0.16-1\nlinux-image-6.12 - 6.12.1\nnonsense\n')
  await pi.host.replace('answer', 'done 2026-11 1 2 complete\n')
  await pi.until(() => pi.reported()?.state === 'done')
  expect(pi.reported()).toMatchObject({ changed: 2, rebootPending: false, packages: ['openssl 3.0.15-1 → 3.0.16-1', 'linux-image-6.12 6.12.1 (new)'], sequence: 4, lostEvents: 0 })
  await pi.clock.advance(3_600_000)
  expect(pi.events().map(({ sequence, state }) => [sequence, state])).toEqual([[1, 'asked'], [2, 'waiting'], [3, 'updating'], [4, 'done']])
})

test('one that is done is not asked for again, whatever is restarted; another id is', async () => {
  const pi = await device()
  pi.begin({ id: '2026-11' })
  await pi.host.replace('answer', 'done 2026-11 1 0 complete\n')
  await pi.until(() => pi.reported()?.state === 'done')
  await pi.stop()
  await pi.files.remove('request')
  pi.begin({ id: '2026-11' })
  await pi.clock.advance(3_600_000)
  expect(await pi.request()).toBeUndefined()
  await pi.stop()
  pi.begin({ id: '2026-12', reboot: 'never' })
  await pi.until(() => pi.reported()?.state === 'asked')
  await pi.until(async () => (await pi.request()) === 'update 2026-12 never\n')
  expect(pi.shadow.reported).not.toHaveProperty('changed')
})

test('stopped in the middle, by the update itself or by the power: it goes on where it was', async () => {
  const pi = await device()
  pi.begin({ id: '2026-11' })
  await pi.host.replace('answer', 'rebooting 2026-11 1\n')
  await pi.until(() => pi.reported()?.state === 'rebooting')
  await pi.stop()
  await pi.host.replace('answer', 'done 2026-11 1 3 complete\n')
  pi.begin({ id: '2026-11' })
  await pi.until(() => pi.reported()?.state === 'done')
  expect(pi.events().map(({ state }) => state)).toEqual(expect.arrayContaining(['rebooting', 'done']))
})

test('without the cloud it goes on; what happened meanwhile is told afterwards, in order', async () => {
  const pi = await device()
  pi.bus.setOnline(false)
  pi.begin({ id: '2026-11' })
  for (const answer of ['failed 2026-11 1 the mirror does not answer', 'updating 2026-11 2', 'done 2026-11 2 1 reboot-pending']) {
    await pi.host.replace('answer', `${answer}\n`)
    await pi.until(async () => ((await pi.files.read('os-update.json')) ?? '').includes(`"state":"${answer.split(' ')[0] ?? ''}"`))
  }
  expect(pi.shadow.reported).toBeUndefined()
  pi.bus.setOnline(true)
  await pi.until(() => pi.reported()?.state === 'done')
  expect(pi.reported()).toMatchObject({ attempt: 2, rebootPending: true })
  expect([...new Set(pi.events().map(({ state }) => state))]).toEqual(['asked', 'failed', 'updating', 'done'].filter((state) => pi.events().some((event) => event.state === state)))
  expect(pi.events().map(({ state }) => state)).toContain('failed')
})

test('no wish: nothing is asked or reported, and a request that is left is taken back', async () => {
  const pi = await device()
  await pi.files.replace('request', 'update 2026-10 never\n')
  pi.begin({})
  await pi.until(async () => (await pi.request()) === undefined)
  await pi.clock.advance(60_000)
  expect(pi.bus.sent).toEqual([])
  expect(await pi.names()).toEqual([])
})

test('a host unit that is not there: after a while it says so, and it asks again', async () => {
  const pi = await device()
  pi.begin({ id: '2026-11' })
  await pi.until(async () => pi.reported()?.state === 'asked' && (await pi.request()) !== undefined)
  await pi.files.remove('request')
  await pi.clock.advance(16 * 60_000)
  await pi.until(() => pi.reported()?.why?.includes('does not answer') === true)
  expect(pi.reported()?.state).toBe('asked')
  expect(await pi.request()).toBe('update 2026-11 when-needed\n')
  await pi.host.replace('answer', 'updating 2026-11 1\n')
  await pi.until(() => pi.reported()?.state === 'updating')
})

test.each(['', 'done\n', 'done 2026-11 1\n', 'done 2026-11 1 many complete\n', 'done 2026-11 1 2 complete', 'sleeping 2026-11 1\n', `failed 2026-11 1 ${'x'.repeat(400)}\n`])('the answer %j is none', async (answer) => {
  const pi = await device()
  await pi.host.replace('answer', answer)
  pi.begin({ id: '2026-11' })
  await pi.until(() => pi.reported()?.state === 'asked')
  await pi.clock.advance(10_000)
  expect(pi.reported()?.state).toBe('asked')
})
