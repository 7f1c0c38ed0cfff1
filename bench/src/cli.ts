// bench/src/cli.ts: how long an operator waits for `fleet` to start, and for an answer of a running sandbox.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { openFleet } from './open-fleet.ts'
import { median, timed } from './statistics.ts'

const FLEET = fileURLToPath(new URL('../../ops/bin/fleet.js', import.meta.url))
const RUNS = 11

export const bench: Bench = {
  how: `each command ${RUNS} times as a process of its own, median; \`fleet status\` on a sandbox without Pis`,
  async run(tell) {
    tell('bringing up the sandbox')
    await using sandbox = await openFleet({ allowed: ['2000000000000001'], pis: 0 })
    const folder = sandbox.target.sandbox?.folder ?? ''
    const seconds = async (...words: readonly string[]) => {
      await ended(words, folder) // fills caches
      const runs: number[] = []
      for (let run = 1; run <= RUNS; run++) {
        tell(`${words.slice(1).join(' ')}, ${run} of ${RUNS}`)
        runs.push(await timed(() => ended(words, folder)))
      }
      return median(runs)
    }
    return {
      figures: [
        { what: 'Node.js alone (for comparison)', value: await seconds('-e', '0'), unit: 's' },
        { what: '`fleet --help`', value: await seconds(FLEET, '--help'), unit: 's' },
        { what: '`fleet status`', value: await seconds(FLEET, 'status'), unit: 's' },
      ],
    }
  },
}

async function ended(words: readonly string[], folder: string): Promise<void> {
  const child = spawn(process.execPath, words, { env: { ...process.env, FLEET_SANDBOX_STATE: folder }, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`node ${words.join(' ')} has ended with ${String(code)}`)
}
