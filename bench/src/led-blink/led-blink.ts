// bench/src/led-blink/led-blink.ts: how true the LED blinks at the highest frequency that a fleet may wish, seen on the simulated board's pin.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WIRING } from '@fleet/contract/wiring'
import { openBoard } from '@fleet/sandbox/site/board/board'
import type { Bench } from '../bench.ts'
import { quantile } from '../statistics.ts'

const FREQUENCY_HZ = 50
const WARM_UP_MS = 500
const COUNTED_MS = 10_000
const BLINKER = fileURLToPath(new URL('./blinker.ts', import.meta.url))

export const bench: Bench = {
  how: `a process drives the line of a simulated board through @fleet/device-runtime as the LED component does, at ${FREQUENCY_HZ} Hz for ${COUNTED_MS / 1000} s; periods are counted from rising edge to rising edge where the board sees them; a gap of two or more is that many, with blinks left out`,
  async run(tell) {
    const rises: number[] = []
    const path = join(mkdtempSync(join(tmpdir(), 'b-')), 'chip')
    await using _board = await openBoard({ path, watch: ({ line, level, atMs }) => line === WIRING.led && level === 1 && rises.push(atMs) })
    const child = fork(BLINKER, [path, String(FREQUENCY_HZ)])
    tell('blinking')
    while (rises.length === 0) await after(20)
    await after(WARM_UP_MS)
    rises.length = 0
    await after(COUNTED_MS)
    const counted = [...rises]
    child.disconnect()
    await once(child, 'exit')
    const wanted = 1000 / FREQUENCY_HZ
    const periods = counted.slice(1).map((at, index) => at - (counted[index] ?? at))
    const due = periods.reduce((sum, period) => sum + Math.round(period / wanted), 0) // a process that could not run leaves blinks out, and goes on in step
    const mean = ((counted.at(-1) ?? 0) - (counted[0] ?? 0)) / due
    const off = periods.map((period) => (Math.abs(period - wanted) / wanted) * 100)
    return {
      figures: [
        { what: `LED at ${FREQUENCY_HZ} Hz: error of the mean period`, value: (Math.abs(mean - wanted) / wanted) * 100, unit: '%', target: { atMost: 2 } },
        { what: `LED at ${FREQUENCY_HZ} Hz: blinks left out`, value: Math.max(0, ((due - periods.length) / due) * 100), unit: '%', note: 'when the process got no time for half a period or more; the others stay in step' },
        { what: `LED at ${FREQUENCY_HZ} Hz: error of a single period, median`, value: quantile(off, 0.5), unit: '%', target: { atMost: 2 } },
        { what: `LED at ${FREQUENCY_HZ} Hz: error of a single period, 99th percentile`, value: quantile(off, 0.99), unit: '%', note: 'includes the delay of two processes and a socket on a machine with other work' },
      ],
    }
  },
}
