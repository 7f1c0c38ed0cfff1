// components/led/src/start.test.ts: the LED component on a simulated board, with a cloud and a button that come and go.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlarmChange } from '@fleet/contract/alarm'
import { LedReported } from '@fleet/contract/led'
import { FleetError } from '@fleet/contract/errors'
import { TelemetryBatch } from '@fleet/contract/telemetry'
import { alarms, local as localTopics, shadows, telemetry } from '@fleet/contract/topics'
import { WIRING } from '@fleet/contract/wiring'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { manualClock } from '@fleet/device-runtime/testing/manual-clock'
import { recordedCloudBus, recordedLocalBus } from '@fleet/device-runtime/testing/recorded-bus'
import { shadowService } from '@fleet/device-runtime/testing/shadow-service'
import { simulatedBoard } from '@fleet/device-runtime/testing/simulated-board'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { start } from './start.ts'

const THING = '10000000a1b2c3d4'
const RULE = 'fleet_dev_telemetry'
const at = '2026-11-21T07:00:00.000Z'

/** A device with its surroundings, on which the component can be started again and again. */
async function device() {
  const folder = await mkdtemp(join(tmpdir(), 'led-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const clock = manualClock()
  const board = simulatedBoard(clock)
  const local = recordedLocalBus()
  const cloud = recordedCloudBus()
  const shadow = shadowService(cloud, shadows.led, THING)
  const context = { thing: THING, settings: { telemetryRule: RULE, alarmRule: 'fleet_dev_alarm' }, log: silentLog, clock, files: folderStore(folder), gpio: board, local, cloud }
  const events = () => cloud.sent.filter(({ topic }) => topic === telemetry.led.of(RULE, THING)).flatMap(({ message }) => TelemetryBatch.led.parse(message).entries)
  const reported = () => LedReported.parse(shadow.reported)
  const run = () => {
    const over = new AbortController()
    const running = start(context, over.signal)
    return { running, async stop() { over.abort(new Error('SIGTERM')); await running } }
  }
  const press = (presses: number, on: boolean) => local.receive(localTopics.buttonPressed, { presses, on, at })
  return { clock, board, local, cloud, shadow, context, events, reported, run, press }
}

const levels = (edges: readonly { level: number }[]) => edges.map(({ level }) => level)

test('blinks from the beginning, at its initial frequency, and reports that', async () => {
  const { clock, board, run, reported, events } = await device()
  const led = run()
  await vi.waitFor(() => expect(reported()).toEqual({ on: true, frequencyHz: 1, sequence: 0, lostEvents: 0 }))
  await clock.advance(2000)
  expect(levels(board.shown(WIRING.led))).toEqual([0, 1, 0, 1, 0, 1])
  await led.stop()
  expect(board.released).toEqual([WIRING.led])
  expect(events()).toEqual([])
})

test('takes the frequency that the cloud wishes and reports it with one event', async () => {
  const { clock, board, shadow, run, reported, events } = await device()
  const led = run()
  await vi.waitFor(() => expect(reported().frequencyHz).toBe(1))
  shadow.desire({ frequencyHz: 10 })
  await vi.waitFor(() => expect(reported()).toMatchObject({ frequencyHz: 10, sequence: 1 }))
  const before = board.shown(WIRING.led).length
  await clock.advance(1000)
  expect(board.shown(WIRING.led).length - before).toBe(20)
  expect(events()).toEqual([{ sequence: 1, at: expect.any(String), frequencyHz: 10, on: true }])
  await led.stop()
})

test('refuses an impossible wish, says why, and clears that with the next wish', async () => {
  const { shadow, run, reported, events } = await device()
  const led = run()
  shadow.desire({ frequencyHz: 500 })
  await vi.waitFor(() => expect(reported().refused).toEqual({ frequencyHz: 500, why: 'frequencyHz must be a number from 0.1 to 50 (Hz)' }))
  expect(reported().frequencyHz).toBe(1)
  expect(events()).toEqual([])
  shadow.desire({ frequencyHz: 50 })
  await vi.waitFor(() => expect(reported()).toEqual({ on: true, frequencyHz: 50, sequence: 1, lostEvents: 0 }))
  await led.stop()
})

test('obeys the button without the cloud; afterwards all is reported, nothing lost, nothing twice', async () => {
  const { clock, board, cloud, press, run, reported, events } = await device()
  const led = run()
  await vi.waitFor(() => expect(reported().sequence).toBe(0))
  cloud.setOnline(false)
  press(1, false)
  await vi.waitFor(() => expect(levels(board.shown(WIRING.led)).at(-1)).toBe(0))
  const dark = board.shown(WIRING.led).length
  await clock.advance(5000)
  expect(board.shown(WIRING.led)).toHaveLength(dark)
  press(2, true)
  press(3, false)
  press(4, true)
  await vi.waitFor(() => expect(events()).toHaveLength(4))
  await clock.advance(60_000)
  expect(reported().sequence).toBe(0)
  cloud.setOnline(true)
  await clock.advance(15_000)
  await vi.waitFor(() => expect(reported()).toMatchObject({ on: true, sequence: 4 }))
  expect(events().map(({ sequence, on }) => [sequence, on])).toEqual([[1, false], [2, true], [3, false], [4, true]])
  await led.stop()
})

test('keeps its state and what was not reported over a restart', async () => {
  const { clock, board, cloud, shadow, press, run, reported, events } = await device()
  const first = run()
  await vi.waitFor(() => expect(reported().sequence).toBe(0))
  shadow.desire({ frequencyHz: 5 })
  await vi.waitFor(() => expect(reported().sequence).toBe(1))
  cloud.setOnline(false)
  press(1, false)
  await vi.waitFor(() => expect(events()).toHaveLength(2))
  await first.stop()
  cloud.restart() // the nucleus too: what it had taken is gone
  const dark = board.shown(WIRING.led).length
  const second = run()
  await vi.waitFor(() => expect(levels(board.shown(WIRING.led).slice(dark))).toEqual([0, 0])) // opened, driven
  await clock.advance(1000)
  expect(board.shown(WIRING.led)).toHaveLength(dark + 2)
  cloud.setOnline(true)
  await clock.advance(30_000)
  await vi.waitFor(() => expect(reported()).toEqual({ on: false, frequencyHz: 5, sequence: 2, lostEvents: 0 }))
  expect(events().map(({ sequence }) => sequence)).toEqual([1, 2, 2])
  await second.stop()
})

test('what a nucleus had taken and lost with itself is sent again', async () => {
  const { clock, cloud, press, run, reported, events } = await device()
  const arrived: unknown[] = []
  cloud.onArrival(({ topic, message }) => topic === telemetry.led.of(RULE, THING) && arrived.push(...TelemetryBatch.led.parse(message).entries))
  const led = run()
  await vi.waitFor(() => expect(reported().sequence).toBe(0))
  cloud.setOnline(false)
  press(1, false)
  await vi.waitFor(() => expect(events()).toHaveLength(1))
  cloud.restart()
  cloud.setOnline(true)
  await vi.waitFor(async () => {
    await clock.advance(1000)
    expect(reported().sequence).toBe(1)
  })
  expect(arrived).toEqual([{ sequence: 1, on: false, frequencyHz: 1, at: expect.any(String) }])
  await led.stop()
})

test('a wish that came while the component was away is fulfilled', async () => {
  const { clock, shadow, run, reported } = await device()
  const first = run()
  await vi.waitFor(() => expect(reported().frequencyHz).toBe(1))
  await first.stop()
  shadow.desire({ frequencyHz: 20 })
  const second = run()
  await clock.advance(1000)
  await vi.waitFor(() => expect(reported().frequencyHz).toBe(20))
  await second.stop()
})

test('asks the button for its last press when it begins to listen, and again after the nucleus was away', async () => {
  const { local, run } = await device()
  const led = run()
  const asked = () => local.sent.filter(({ topic }) => topic === localTopics.buttonAsked).length
  await vi.waitFor(() => expect(asked()).toBe(1))
  await local.restart()
  await vi.waitFor(() => expect(asked()).toBe(2))
  await led.stop()
})

test('the cloud refuses a report for a while: it is tried again until it is accepted', async () => {
  const { clock, shadow, run, reported } = await device()
  shadow.refuse({ code: 429, message: 'Too many requests' }, 4)
  const led = run()
  await vi.waitFor(async () => {
    await clock.advance(1000)
    expect(reported().frequencyHz).toBe(1)
  })
  await led.stop()
})

test('without a telemetry rule no events are sent, the state is reported', async () => {
  const { context, cloud, press, reported, events } = await device()
  const over = new AbortController()
  const running = start({ ...context, settings: { telemetryRule: '', alarmRule: '' } }, over.signal)
  await vi.waitFor(() => expect(reported().sequence).toBe(0))
  press(1, false)
  await vi.waitFor(() => expect(reported()).toMatchObject({ on: false, sequence: 1 }))
  expect(events()).toEqual([])
  expect(cloud.sent.every(({ topic }) => topic.startsWith('$aws/things/'))).toBe(true)
  over.abort(new Error('SIGTERM'))
  await running
})

test('fails when its line is lost, so that the nucleus sees it', async () => {
  const { board, run, reported } = await device()
  const { running } = run()
  const failed = expect(running).rejects.toMatchObject({ code: 'GPIO_LINE_UNAVAILABLE' })
  await vi.waitFor(() => expect(reported().sequence).toBe(0))
  board.lose(WIRING.led, 'the chip was removed')
  await failed
  expect(board.released).toEqual([WIRING.led])
})

test('an LED that cannot be driven is told once, however often the nucleus tries again, and when it is over', async () => {
  const { context, board, cloud } = await device()
  const told = () => cloud.sent.filter(({ topic }) => topic === alarms['led-fault'].of('fleet_dev_alarm', THING)).map(({ message }) => AlarmChange.parse(message).state)
  const taken = { ...board, openOutput: () => Promise.reject(new FleetError('GPIO_LINE_UNAVAILABLE', 'somebody else holds it', 'See docs/wiring.md.')) }
  const over = new AbortController()
  for (let attempt = 0; attempt < 3; attempt++) await expect(start({ ...context, gpio: taken }, over.signal)).rejects.toMatchObject({ code: 'GPIO_LINE_UNAVAILABLE' })
  expect(told()).toEqual(['raised'])
  const running = start(context, over.signal)
  await vi.waitFor(() => expect(told()).toEqual(['raised', 'cleared']))
  over.abort(new Error('the test is over'))
  await running
})

test('a message that is no press is left alone', async () => {
  const { local, press, run, reported } = await device()
  const led = run()
  await vi.waitFor(() => expect(reported().sequence).toBe(0))
  local.receive(localTopics.buttonPressed, { presses: 'many' })
  press(1, false)
  await vi.waitFor(() => expect(reported()).toMatchObject({ on: false, sequence: 1 }))
  await led.stop()
})
