// os-image/test/uefi/figures.ts: what a day of the board has taken: phases by its own journal, memory by unit, the image's size. docs/IMAGE.md «Figures» is made of this.
import { execFileSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runTool } from '@fleet/ops/image/tool'

const MIB = 1024 * 1024

/** An assumption, not a measurement: what a core of this machine does in a second takes a core of a Pi 4 (Cortex-A72, 1.5 GHz) so many. */
const PI_4_SLOWER_THAN_HERE = 5

/** Whose memory it is: what this repository brings, and what it makes a device run. */
const OURS = /^(docker\.service|containerd\.service|greengrass\.service|fleetwright\.)/

export interface Measured {
  /** What guest/figures.sh has printed: name → value with its unit. */
  readonly board: ReadonlyMap<string, string>
  /** When its systemd said its first word on the serial line, in milliseconds since power on. */
  readonly welcomeMs: number
  /** The disk as it was before its first start. */
  readonly disk: string
}

/** As lines of text, the last of which take minutes. @throws when a phase has not been seen */
export async function* report({ board, welcomeMs, disk }: Measured): AsyncGenerator<string> {
  const slower = number(board, 'work') / workHere()
  const pi = slower / PI_4_SLOWER_THAN_HERE
  yield* [
    `here: ${cpus()[0]?.model ?? 'an unknown processor'}, ${cpus().length} cores; emulated, one core takes ${slower.toFixed(1)} times as long for the same work (guest/work.cjs, the quickest of five)`,
    `Pi 4, an estimate: the emulated time divided by ${pi.toFixed(1)}, by the assumption that its core takes ${PI_4_SLOWER_THAN_HERE} times as long as one here; it has four, the emulated board two`,
    row('phase', 'since power on', 'it took', 'on a Pi 4, estimated'),
    ...phases(board, welcomeMs).map(([what, at, took]) => row(what, `${at.toFixed(1)} s`, `${took.toFixed(1)} s`, `${(at / pi).toFixed(0)} s`)),
    row('memory at rest', 'for itself'),
    ...memory(board),
    row('packages', text(board, 'packages')),
    row('used of the card, a day later', text(board, 'card-used')),
    row('image', 'size'),
  ]
  yield* await sizes(disk)
}

const row = (what: string, ...values: readonly string[]) => `  ${what.padEnd(44)}${values.map((value) => value.padStart(22)).join('')}`

/** In the order in which they ended: what, seconds since power on, seconds since the one before. */
function phases(board: ReadonlyMap<string, string>, welcomeMs: number): readonly (readonly [string, number, number])[] {
  const kernel = welcomeMs / 1000 - number(board, 'at:systemd')
  const containers = [...board.keys()].filter((name) => name.startsWith('at:container:')).map((name) => number(board, name))
  const ends: readonly (readonly [string, number])[] = [
    ['firmware and loader have started the kernel', 0],
    ['the kernel has started systemd', number(board, 'at:systemd')],
    ['the clock is right', number(board, 'at:clock')],
    ['Docker runs', number(board, 'at:docker')],
    ['first boot has begun', number(board, 'at:first-boot')],
    ['it asks the cloud with the claim', number(board, 'at:asking')],
    ['provisioned: it has its own certificate', number(board, 'at:certificate')],
    ['joined: it has proven its own identity', number(board, 'at:joined')],
    ['the first component’s container runs', Math.min(...containers)],
    ['all components’ containers run', Math.max(...containers)],
    ['first blink', number(board, 'at:blink')],
  ]
  const sorted = ends.map(([what, at]) => [what, kernel + at] as const).toSorted(([, a], [, b]) => a - b)
  return sorted.map(([what, at], index) => [what, at, at - (sorted[index - 1]?.[1] ?? 0)])
}

function memory(board: ReadonlyMap<string, string>): readonly string[] {
  const units = [...board.keys()].filter((name) => name.startsWith('memory:')).map((name) => [name.slice('memory:'.length), number(board, name)] as const)
  const ours = units.filter(([unit]) => OURS.test(unit)).toSorted(([, a], [, b]) => b - a)
  const sum = (of: typeof units) => `${of.reduce((all, [, mib]) => all + mib, 0).toFixed(0)} MiB`
  return [
    ...ours.map(([unit, mib]) => row(unit, `${mib.toFixed(1)} MiB`)),
    row('all of these: ours', sum(ours)),
    row('all processes', sum(units)),
    row('used of the machine, with its kernel', `${text(board, 'memory-used')} of ${text(board, 'memory-of-the-machine')}`),
  ]
}

async function sizes(disk: string): Promise<readonly string[]> {
  const { size, blocks } = await stat(disk)
  const compressed = await runTool('sh', ['-c', 'xz -T0 -c "$1" | wc -c', 'compressed', disk]) // as `fleet image build` does it
  return [row('on the card', mib(size)), row('on the card, without what is empty', mib(blocks * 512)), row('compressed (xz)', mib(Number(compressed)))]
}

const mib = (bytes: number) => `${(bytes / MIB).toFixed(0)} MiB`
const workHere = () => Number(execFileSync(process.execPath, [fileURLToPath(new URL('./guest/work.cjs', import.meta.url))], { encoding: 'utf8' }))

function text(board: ReadonlyMap<string, string>, name: string): string {
  const value = board.get(name)
  if (value === undefined) throw new Error(`the board has not told its figure «${name}»; it told: ${[...board.keys()].join(' ')}`)
  return value
}

function number(board: ReadonlyMap<string, string>, name: string): number {
  const value = Number.parseFloat(text(board, name))
  if (!Number.isFinite(value)) throw new Error(`the board’s figure «${name}» is no number: ${text(board, name)}`)
  return value
}
