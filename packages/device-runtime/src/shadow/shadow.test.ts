// packages/device-runtime/src/shadow/shadow.test.ts: a named shadow is heard and reported to, whatever is lost, late or refused.
import { shadows } from '@fleet/contract/topics'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bell } from '../bell.ts'
import { queue } from '../queue.ts'
import { together } from '../task-group.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { recordedCloudBus } from '../testing/recorded-bus.ts'
import { shadowService } from '../testing/shadow-service.ts'
import { report } from './report.ts'
import { shadowClient, ShadowRefusal, type ShadowNews } from './shadow-client.ts'
import { wishes } from './wishes.ts'

const THING = '10000000a1b2c3d4'
const HOUR_MS = 3_600_000

/** A client that listens, and its cloud. */
function connected() {
  const clock = manualClock()
  const cloud = recordedCloudBus()
  const service = shadowService(cloud, shadows.led, THING)
  const news = queue<ShadowNews>()
  const shadow = shadowClient({ shadow: shadows.led, thing: THING, cloud, clock, news })
  const over = new AbortController()
  const running = together(over.signal, shadow.run)
  onTestFinished(async () => {
    over.abort(new Error('the test is over'))
    await running
  })
  const asked = () => cloud.sent.filter(({ topic }) => topic === shadows.led.get.of(THING)).length
  return { clock, cloud, service, news, shadow, signal: over.signal, asked }
}

/** The wishes that were heard so far. */
function heard({ news, shadow, clock, signal }: ReturnType<typeof connected>): object[] {
  const all: object[] = []
  void (async () => {
    for await (const wish of wishes({ shadow, news, clock, log: silentLog }, signal)) all.push(wish)
  })().catch(() => {})
  return all
}

test('an update resolves when it was accepted', async () => {
  const { shadow, service, signal } = connected()
  await shadow.update({ on: true }, signal)
  expect(service.reported).toEqual({ on: true })
})

test.each([[409, 'Version conflict'], [429, 'Too many requests'], [500, 'Internal service failure']])('an update that is refused with %i rejects with that', async (code, message) => {
  const { shadow, service, signal } = connected()
  service.refuse({ code, message }, 1)
  await expect(shadow.update({ on: true }, signal)).rejects.toThrow(new ShadowRefusal(code, message))
})

test('an update that is never answered rejects in time, and an answer to another is not taken for its own', async () => {
  const { clock, cloud, shadow } = connected()
  const signal = new AbortController().signal
  cloud.setOnline(false)
  await expect(shadow.update({ on: true }, signal)).rejects.toThrow('offline')
  const deaf = shadowClient({ shadow: shadows.button, thing: THING, cloud, clock })
  cloud.setOnline(true)
  const unanswered = expect(deaf.update({ presses: 1 }, signal)).rejects.toThrow('has not answered within 10 s')
  cloud.receive(shadows.led.updateAccepted.of(THING), { clientToken: 'of another' })
  await clock.advance(10_000)
  await unanswered
})

test('waiting for an answer ends with the signal', async () => {
  const { cloud, clock } = connected()
  const over = new AbortController()
  const deaf = shadowClient({ shadow: shadows.button, thing: THING, cloud, clock })
  const unanswered = expect(deaf.update({}, over.signal)).rejects.toThrow('stop')
  over.abort(new Error('stop'))
  await unanswered
})

test('wishes: all of them first, then each difference; no shadow is no wish', async () => {
  const device = connected()
  const all = heard(device)
  await vi.waitFor(() => expect(device.asked()).toBe(1))
  device.service.desire({ frequencyHz: 5 })
  device.service.desire({ frequencyHz: 6 })
  await vi.waitFor(() => expect(all).toEqual([{ frequencyHz: 5 }, { frequencyHz: 6 }]))
})

test('a delta that is older than what was seen is left out', async () => {
  const device = connected()
  device.service.desire({ frequencyHz: 5 })
  device.service.desire({ frequencyHz: 6 })
  const all = heard(device)
  await vi.waitFor(() => expect(all).toEqual([{ frequencyHz: 6 }]))
  device.cloud.receive(shadows.led.updateDelta.of(THING), { version: 1, state: { frequencyHz: 5 } })
  device.service.desire({ frequencyHz: 7 })
  await vi.waitFor(() => expect(all).toEqual([{ frequencyHz: 6 }, { frequencyHz: 7 }]))
})

test('wishes of which nothing was heard, because the cloud was away, are asked for', async () => {
  const device = connected()
  device.cloud.setOnline(false)
  const all = heard(device)
  device.service.desire({ frequencyHz: 5 })
  await device.clock.advance(5 * 60_000)
  expect(all).toEqual([])
  device.cloud.setOnline(true)
  await device.clock.advance(30_000)
  await vi.waitFor(() => expect(all).toEqual([{ frequencyHz: 5 }]))
})

test('they are asked for after the nucleus was away, and every now and then', async () => {
  const device = connected()
  heard(device)
  await vi.waitFor(() => expect(device.asked()).toBe(1))
  device.cloud.restart()
  await vi.waitFor(() => expect(device.asked()).toBe(2))
  await device.clock.advance(10 * HOUR_MS)
  await vi.waitFor(() => expect(device.asked()).toBeGreaterThanOrEqual(2 + 6))
  expect(device.asked()).toBeLessThanOrEqual(2 + 20)
})

test('a report is tried until it is accepted, each time with the latest state', async () => {
  const { clock, cloud, shadow, service, signal } = connected()
  const toReport = bell()
  let state = 0
  const accepted: number[] = []
  const prepare = async () => {
    const now = state
    return { reported: { state: now }, accepted: async () => void accepted.push(now) }
  }
  void report({ shadow, bell: toReport, prepare, clock, log: silentLog }, signal).catch(() => {})
  cloud.setOnline(false)
  for (state = 1; state < 4; state++) {
    toReport.ring()
    await clock.advance(20_000)
  }
  cloud.setOnline(true)
  await clock.advance(15_000)
  await vi.waitFor(() => expect(accepted).toEqual([4]))
  expect(service.reported).toEqual({ state: 4 })
  expect(service.version).toBe(1)
})

test('a ring while it waits for the next try is not made to wait', async () => {
  const { clock, cloud, shadow, service, signal } = connected()
  const toReport = bell()
  let tries = 0
  const prepare = async () => ({ reported: { tries: ++tries }, accepted: async () => {} })
  void report({ shadow, bell: toReport, prepare, clock, log: silentLog }, signal).catch(() => {})
  cloud.setOnline(false)
  toReport.ring()
  await vi.waitFor(() => expect(tries).toBe(1))
  cloud.setOnline(true)
  toReport.ring()
  await vi.waitFor(() => expect(service.reported).toEqual({ tries: 2 }))
})
