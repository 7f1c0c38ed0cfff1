// bench/src/control-plane/control-plane.ts: requests per second of the twin's control plane, against moto in the same run.
import type { Bench } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { openTwin } from '../open-twin.ts'
import { cpuSecondsOf, memoryOf } from '../processes.ts'
import { median } from '../statistics.ts'
import { prepareCalls } from './calls.ts'
import { answersPerSecond } from './http-load.ts'
import { openMoto } from './moto.ts'

const ROUNDS = 3
const COUNTED_MS = 600
const WARM_UP_MS = 300
const SERVERS = ['moto', 'unchecked', 'checked'] as const
type Server = (typeof SERVERS)[number]

export const bench: Bench = {
  how: `moto[server] and the twin, with signature checks off and on, in turn: the same signed requests over 8 connections (moto closes each after its answer), ${ROUNDS} rounds of ${COUNTED_MS / 1000} s a call after a short one that is not counted; the ratio is the median of the rounds; by CPU time, for information: requests for each second that the server's process has computed`,
  async run(tell) {
    tell('starting moto (the first time, its Python environment is made)')
    const moto = await openMoto()
    if (typeof moto === 'string') return { figures: [], skipped: moto }
    await using _moto = moto
    const began = performance.now()
    await using checked = await openTwin()
    const twinSeconds = (performance.now() - began) / 1000
    await using unchecked = await openTwin({ flags: ['--no-signatures'] })
    const idle = { moto: memoryOf([moto.pid]).rssMb, twin: memoryOf([checked.pid]).rssMb }
    const urls: Readonly<Record<Server, string>> = { moto: moto.url, unchecked: unchecked.url, checked: checked.url }
    const calls = { moto: await prepareCalls(urls.moto), unchecked: await prepareCalls(urls.unchecked), checked: await prepareCalls(urls.checked) }
    const pids: Readonly<Record<Server, number>> = { moto: moto.pid, unchecked: unchecked.pid, checked: checked.pid }
    const figures: Figure[] = []
    for (const name of Object.keys(calls.moto)) {
      const rates: Record<Server, Rate[]> = { moto: [], unchecked: [], checked: [] }
      const firsts: Record<Server, number> = { moto: 0, unchecked: 0, checked: 0 }
      for (let round = 0; round <= ROUNDS; round++) {
        for (const server of SERVERS) {
          tell(`${name}, round ${round} of ${ROUNDS}: ${server}`)
          const call = calls[server][name]
          if (call === undefined) throw new Error(`no call ${name}`)
          const [first, cpuBefore] = [firsts[server], cpuSecondsOf(pids[server])]
          const { perSecond, next } = await answersPerSecond(urls[server], call, { first, forMs: round === 0 ? WARM_UP_MS : COUNTED_MS })
          if (round > 0) rates[server].push({ perSecond, perCpuSecond: (next - first) / (cpuSecondsOf(pids[server]) - cpuBefore) })
          firsts[server] = next
        }
      }
      figures.push(
        ...ratios(`${name}, signature checks off`, rates.unchecked, { moto: rates.moto, atLeast: 10 }),
        ...ratios(`${name}, signature checks on`, rates.checked, { moto: rates.moto, atLeast: 5 }),
      )
    }
    const working = { moto: memoryOf([moto.pid]).rssMb, twin: memoryOf([checked.pid]).rssMb }
    return {
      figures: [
        ...figures,
        { what: 'ready: twin', value: twinSeconds, unit: 's' },
        { what: 'ready: moto', value: moto.readySeconds, unit: 's' },
        { what: 'RSS when ready: twin', value: idle.twin, unit: 'MB' },
        { what: 'RSS when ready: moto', value: idle.moto, unit: 'MB', note: 'with the services that were asked so far; it loads each when it is asked' },
        { what: 'RSS after the calls: twin', value: working.twin, unit: 'MB' },
        { what: 'RSS after the calls: moto', value: working.moto, unit: 'MB' },
      ],
    }
  },
}

interface Rate {
  readonly perSecond: number
  /** NaN where the system does not tell what a process has computed. */
  readonly perCpuSecond: number
}

/** Requests per second are judged; what the server's process alone has computed for them is told beside it. */
function ratios(what: string, twin: readonly Rate[], { moto, atLeast }: { readonly moto: readonly Rate[]; readonly atLeast: number }): readonly Figure[] {
  const times = (by: keyof Rate) => median(twin.map((rate, round) => rate[by] / (moto[round]?.[by] ?? NaN)))
  const note = (by: keyof Rate, unit: string) => `${Math.round(median(twin.map((rate) => rate[by])))} and ${Math.round(median(moto.map((rate) => rate[by])))} ${unit}`
  const byCpu = times('perCpuSecond')
  return [
    { what: `${what}: twin to moto`, value: times('perSecond'), unit: '×', target: { atLeast }, note: note('perSecond', 'requests/s') },
    ...(Number.isNaN(byCpu) ? [] : [{ what: `${what}: twin to moto, by CPU time`, value: byCpu, unit: '×', note: note('perCpuSecond', 'requests for each second of CPU') }]),
  ]
}
