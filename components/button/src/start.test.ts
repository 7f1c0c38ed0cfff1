// components/button/src/start.test.ts: the button component on a simulated board, with a cloud and an LED that come and go.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ButtonPressed, ButtonReported } from '@fleet/contract/button'
import { TelemetryBatch } from '@fleet/contract/telemetry'
import { local as localTopics, shadows, telemetry } from '@fleet/contract/topics'
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

/** A device with its surroundings, on which the component can be started again and again. */
async function device() {
  const folder = await mkdtemp(join(tmpdir(), 'button-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const clock = manualClock(new Date('2026-11-21T07:00:00.000Z'))
  const board = simulatedBoard(clock)
  const local = recordedLocalBus()
  const cloud = recordedCloudBus()
  const shadow = shadowService(cloud, shadows.button, THING)
  const warnings: string[] = []
  const log = { ...silentLog, warn: (event: string) => void warnings.push(event) }
  const context = { thing: THING, settings: { telemetryRule: RULE }, log, clock, files: folderStore(folder), gpio: board, local, cloud }
  const told = () => local.sent.filter(({ topic }) => topic === localTopics.buttonPressed).map(({ message }) => ButtonPressed.parse(message))
  const events = () => cloud.sent.filter(({ topic }) => topic === telemetry.button.of(RULE, THING)).flatMap(({ message }) => TelemetryBatch.button.parse(message).entries)
  const reported = () => ButtonReported.parse(shadow.reported)
  const run = async () => {
    const over = new AbortController()
    const running = start(context, over.signal)
    await vi.waitFor(() => expect(board.biasOf(WIRING.button)).toBe('pull-up'))
    return { async stop() { over.abort(new Error('SIGTERM')); await running } }
  }
  /** A press of 200 ms and as long a pause. */
  const press = async () => {
    board.input(WIRING.button, 0)
    await clock.advance(200)
    board.input(WIRING.button, 1)
    await clock.advance(200)
  }
  return { clock, board, local, cloud, context, told, events, reported, warnings, run, press }
}

test('tells the LED of each press, and the cloud', async () => {
  const { run, press, told, events, reported, board } = await device()
  const button = await run()
  await press()
  await press()
  const expected = [
    { presses: 1, on: false, at: '2026-11-21T07:00:00.000Z' },
    { presses: 2, on: true, at: '2026-11-21T07:00:00.400Z' },
  ]
  await vi.waitFor(() => expect(told()).toEqual(expected))
  await vi.waitFor(() => expect(reported()).toEqual({ presses: 2, lastPressedAt: '2026-11-21T07:00:00.400Z', lostEvents: 0 }))
  expect(events()).toEqual(expected)
  await button.stop()
  expect(board.released).toEqual([WIRING.button])
})

test('reports before the first press that there was none', async () => {
  const { run, reported, told } = await device()
  const button = await run()
  await vi.waitFor(() => expect(reported()).toEqual({ presses: 0, lostEvents: 0 }))
  expect(told()).toEqual([])
  await button.stop()
})

test('works without the cloud; afterwards all is reported, nothing lost, nothing twice', async () => {
  const { clock, cloud, run, press, told, events, reported } = await device()
  cloud.setOnline(false)
  const button = await run()
  for (let count = 0; count < 5; count++) await press()
  await vi.waitFor(() => expect(told().map(({ on }) => on)).toEqual([false, true, false, true, false]))
  await clock.advance(600_000)
  cloud.setOnline(true)
  await vi.waitFor(async () => {
    await clock.advance(1000)
    expect(reported().presses).toBe(5)
  })
  expect(events().map(({ presses }) => presses)).toEqual([1, 2, 3, 4, 5])
  await button.stop()
})

test('goes on counting after a restart', async () => {
  const { run, press, told } = await device()
  const first = await run()
  await press()
  await press()
  await vi.waitFor(() => expect(told()).toHaveLength(2))
  await first.stop()
  const second = await run()
  await press()
  await vi.waitFor(() => expect(told().at(-1)).toMatchObject({ presses: 3, on: false }))
  await second.stop()
})

test('repeats its last press for an LED that asks, and when the nucleus was away', async () => {
  const { context, local, run, press, told, warnings } = await device()
  const button = await run()
  await press()
  await vi.waitFor(() => expect(told()).toHaveLength(1))
  local.receive(localTopics.buttonAsked, {})
  await vi.waitFor(() => expect(told().map(({ presses }) => presses)).toEqual([1, 1]))
  await local.restart(async () => {
    await press()
    await vi.waitFor(() => expect(warnings).toEqual(['led not told']))
    expect(await context.files.read('button.json')).toContain('"sequence":2')
  })
  await vi.waitFor(() => expect(told().map(({ presses }) => presses)).toEqual([1, 1, 2]))
  await button.stop()
})
