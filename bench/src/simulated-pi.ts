// bench/src/simulated-pi.ts: what one simulated Pi with LED and button takes, and how long its core needs to come back.
import { setTimeout as after } from 'node:timers/promises'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import type { Bench } from './bench.ts'
import type { Figure } from './figure.ts'
import { openFleet } from './open-fleet.ts'
import { memoryOf, treeOf, type Memory } from './processes.ts'
import { median } from './statistics.ts'

const REST_MS = 10_000
const SAMPLES = 5
const STARTS = 3
const COMPONENTS = ['fleetwright.led', 'fleetwright.button'] as const

export const bench: Bench = {
  how: `one Pi on the whole sandbox, its LED blinking; the sum of all its processes ${REST_MS / 1000} s after it runs, median of ${SAMPLES} looks; then switched off and on ${STARTS} times, median`,
  async run(tell) {
    tell('bringing up the sandbox')
    const serial = parseSerialNumber(lightSerials(1)[0] ?? '')
    await using sandbox = await openFleet({ allowed: [serial], pis: 1 })
    tell('resting')
    await after(REST_MS)
    const looks = []
    let names: readonly string[] = []
    for (let look = 0; look < SAMPLES; look++) {
      const processes = processesOfPi()
      names = processes.map(({ command }) => command)
      looks.push(memoryOf(processes.map(({ pid }) => pid)))
      await after(500)
    }
    const pss = looks.flatMap(({ pssMb }) => pssMb ?? [])
    const seconds: number[] = []
    for (let start = 1; start <= STARTS; start++) {
      tell(`switched off and on, ${start} of ${STARTS}`)
      await sandbox.site.shutDown(serial)
      const began = performance.now()
      await sandbox.site.powerOn(serial)
      await running(sandbox, serial)
      seconds.push((performance.now() - began) / 1000)
    }
    const processes = `${names.length} processes`
    return {
      figures: [
        ...memoryFigures(`one simulated Pi (${processes})`, { rssMb: median(looks.map(({ rssMb }) => rssMb)), pssMb: pss.length === 0 ? undefined : median(pss) }),
        { what: 'switched on to connected with both components RUNNING', value: median(seconds), unit: 's' },
      ],
    }
  },
}

/** Where the system tells no PSS, RSS stands for it, which is more. */
function memoryFigures(what: string, { rssMb, pssMb }: Memory): readonly Figure[] {
  const target = { atMost: 250 }
  const rss: Figure = { what: `${what}, RSS`, value: rssMb, unit: 'MB', note: 'counts each page that its processes share, such as the program code of Node.js, once for every one of them' }
  if (pssMb === undefined) return [{ ...rss, target }]
  return [{ what: `${what}, PSS`, value: pssMb, unit: 'MB', target, note: 'what its processes take of the machine together: a page that several share is divided among them' }, rss]
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
