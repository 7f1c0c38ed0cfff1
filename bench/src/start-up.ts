// bench/src/start-up.ts: `npm start` on a machine where everything is installed, until three Pis blink.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { controlPaths, PiList } from '@fleet/contract/sandbox-control'
import type { Bench } from './bench.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const RUNS = 2
const PIS = 3
const LOOK_MS = 50

export const bench: Bench = {
  how: `\`npm start -- --headless\` with ${PIS} Pis, ${RUNS} times each, the better one; counted from the command until all LEDs are seen blinking`,
  async run(tell) {
    await startedOnce(['--fresh'], () => tell('a start that is not counted')) // fills Node's compile cache, as any earlier start has
    const [newFleet, sameFleet]: [number[], number[]] = [[], []]
    for (let run = 1; run <= RUNS; run++) {
      newFleet.push(await startedOnce(['--fresh'], () => tell(`new fleet, ${run} of ${RUNS}`)))
      sameFleet.push(await startedOnce([], () => tell(`same fleet, ${run} of ${RUNS}`)))
    }
    return {
      figures: [
        { what: '`npm start` to three Pis blinking, new fleet (`--fresh`)', value: Math.min(...newFleet), unit: 's', target: { atMost: 15 } },
        { what: '`npm start` to three Pis blinking, same fleet again', value: Math.min(...sameFleet), unit: 's', target: { atMost: 15 } },
      ],
    }
  },
}

/** Seconds. */
async function startedOnce(options: readonly string[], tell: () => void): Promise<number> {
  tell()
  const words = ['start', '--silent', '--', '--headless', '--pis', String(PIS), '--state', join(tmpdir(), 'state'), '--gateway-port', '0', '--mqtt-port', '0', '--console-port', '0', ...options]
  const began = performance.now()
  const npm = spawn('npm', words, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(npm, 'close')
  const lines: string[] = []
  try {
    await blinking(await consoleOf(createInterface({ input: npm.stdout }), lines))
    return (performance.now() - began) / 1000
  } finally {
    npm.kill('SIGTERM')
    await closed
  }
}

async function consoleOf(output: AsyncIterable<string>, lines: string[]): Promise<string> {
  for await (const line of output) {
    lines.push(line)
    if (line.startsWith('ready ')) return (JSON.parse(line.slice('ready '.length)) as { endpoints: { console: string } }).endpoints.console
  }
  throw new Error(`npm start has ended before it was ready:\n${lines.slice(-5).join('\n')}`)
}

async function blinking(console: string): Promise<void> {
  for (;;) {
    const { pis } = PiList.parse(await (await fetch(new URL(controlPaths.pis, console))).json())
    if (pis.length === PIS && pis.every(({ stand }) => stand.light.light === 'blinking')) return
    await after(LOOK_MS)
  }
}
