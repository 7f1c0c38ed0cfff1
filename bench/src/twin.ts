// bench/src/twin.ts: how fast the cloud twin is ready, and what it takes while nothing happens.
import { setTimeout as after } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { openTwin } from './open-twin.ts'
import { memoryOf } from './processes.ts'
import { median } from './statistics.ts'

const STARTS = 5
const REST_MS = 5000

export const bench: Bench = {
  how: `started ${STARTS} times as a process of its own with new state, median; memory of the last one, ${REST_MS / 1000} s after it was ready`,
  async run(tell) {
    const seconds: number[] = []
    let memory = { rssMb: NaN, pssMb: undefined as number | undefined }
    await (await openTwin())[Symbol.asyncDispose]() // fills Node's compile cache, as any earlier start has
    for (let start = 1; start <= STARTS; start++) {
      tell(`start ${start} of ${STARTS}`)
      const began = performance.now()
      await using twin = await openTwin()
      seconds.push((performance.now() - began) / 1000)
      if (start < STARTS) continue
      tell('resting')
      await after(REST_MS)
      memory = memoryOf([twin.pid])
    }
    return {
      figures: [
        { what: 'twin ready', value: median(seconds), unit: 's', target: { atMost: 2 } },
        { what: 'twin idle, RSS', value: memory.rssMb, unit: 'MB', target: { atMost: 150 } },
        ...(memory.pssMb === undefined ? [] : [{ what: 'twin idle, PSS', value: memory.pssMb, unit: 'MB' }]),
      ],
    }
  },
}
