// bench/src/pi/one-pi.ts: measures one Pi on the whole sandbox: what all its processes take of the memory, and how long it needs from power to RUNNING.
import { setTimeout as after } from 'node:timers/promises'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import type { Distribution } from '@fleet/sandbox/site/java-nucleus/distribution'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import type { Tell } from '../bench.ts'
import { openFleet } from '../open-fleet.ts'
import { memoryOf, treeOf, type Memory } from '../processes.ts'
import { median } from '../statistics.ts'

export interface OnePi {
  readonly processes: readonly string[]
  readonly memory: Memory
  /** From the switch to connected with both components RUNNING. */
  readonly startSeconds: number
}

const REST_MS = 10_000
const SAMPLES = 5
const STARTS = 3
const COMPONENTS = ['fleetwright.led', 'fleetwright.button'] as const

export const HOW = `one Pi on the whole sandbox, its LED blinking; the sum of all its processes ${REST_MS / 1000} s after it runs, median of ${SAMPLES} looks; then switched off and on ${STARTS} times, median`

/** @param distribution of the real nucleus; without it the Pi runs the simulated one */
export async function measureOnePi(tell: Tell, distribution: Distribution | undefined): Promise<OnePi> {
  tell('bringing up the sandbox')
  const serial = parseSerialNumber(lightSerials(1)[0] ?? '')
  await using sandbox = await openFleet({ allowed: [serial], pis: 1, distribution })
  await running(sandbox, serial)
  tell('resting')
  await after(REST_MS)
  const looks: Memory[] = []
  let processes: readonly string[] = []
  for (let look = 0; look < SAMPLES; look++) {
    const tree = processesOfPi()
    processes = tree.map(({ command }) => command)
    looks.push(memoryOf(tree.map(({ pid }) => pid)))
    await after(500)
  }
  const seconds: number[] = []
  for (let start = 1; start <= STARTS; start++) {
    tell(`switched off and on, ${start} of ${STARTS}`)
    await sandbox.site.shutDown(serial)
    const began = performance.now()
    await sandbox.site.powerOn(serial)
    await running(sandbox, serial)
    seconds.push((performance.now() - began) / 1000)
  }
  const pss = looks.flatMap(({ pssMb }) => pssMb ?? [])
  return { processes, memory: { rssMb: median(looks.map(({ rssMb }) => rssMb)), pssMb: pss.length === 0 ? undefined : median(pss) }, startSeconds: median(seconds) }
}

/** Those below this process, which holds the site, that began as a Pi. */
function processesOfPi() {
  const [pi] = treeOf(process.pid).filter(({ command }) => command.includes('pi-main'))
  if (pi === undefined) throw new Error('no process of a Pi runs')
  return treeOf(pi.pid)
}

async function running({ site }: Sandbox, serial: SerialNumber): Promise<void> {
  await using waiting = new AsyncDisposableStack()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const look = () => {
    const stand = site.pi(serial)?.stand
    if (stand?.connected === true && COMPONENTS.every((wanted) => stand.components.some(({ name, state }) => name === wanted && state === 'RUNNING'))) resolve(undefined)
  }
  waiting.defer(site.watch(look))
  look()
  await promise
}
