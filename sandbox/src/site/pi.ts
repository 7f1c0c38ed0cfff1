// sandbox/src/site/pi.ts: one simulated Pi as its parent holds it: power, network, clock, button, and how it stands.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onCard } from './card.ts'
import type { Distribution } from './java-nucleus/distribution.ts'
import { killProcessGroups } from './nucleus/lifecycle/process-groups.ts'
import { nucleusPaths } from './nucleus/paths.ts'
import { COMPILED } from './stand-ins/compiled.ts'
import { SWITCHED_OFF, type Command, type FromPi, type Patience, type PowerOn, type Stand, type ToPi } from './messages.ts'
import { hasCode } from './system-error.ts'

export interface PiOptions {
  readonly serial: string
  /** Its SD card (card.ts), an absolute path. */
  readonly card: string
  readonly patience?: Patience
  /** Where the `host:port` of its settings is in truth. */
  readonly routes?: Readonly<Record<string, string>>
  /** The real Greengrass nucleus, to be run instead of the simulated one. */
  readonly distribution?: Distribution | undefined
  /** Each line that its process prints: JSON log lines; and what Node says of a crash. */
  readonly onLine?: (line: string) => void
}

export interface Pi extends AsyncDisposable {
  readonly serial: string
  readonly card: string
  readonly stand: Stand
  /** Hears how it stands after each change; the answer stops that. */
  watch(listener: (stand: Stand) => void): () => void
  /** Resolves when its process runs. */
  powerOn(): Promise<void>
  /** The power goes: everything that runs on it is killed in one instant. */
  unplug(): Promise<void>
  /** As `poweroff`; what still runs after this long loses its power. */
  shutDown(patienceMs?: number): Promise<void>
  press(): Promise<void>
  readonly network: { cut(): Promise<void>; restore(): Promise<void> }
  /** Sets its clock wrong by this much; 0 sets it right. */
  readonly clock: { skew(ms: number): Promise<void> }
}

const PI_MAIN = fileURLToPath(new URL('./pi-main.ts', import.meta.url))
const NODE_OPTIONS = ['--max-semi-space-size=2'] // MB; Node's 16 would let an idle Pi grow by a third
const SHUT_DOWN_MS = 10_000 // TimeoutStopSec of its units is longer, but who pulls the plug does not wait

export function simulatedPi(options: PiOptions): Pi {
  const { serial, card } = options
  const listeners = new Set<(stand: Stand) => void>()
  const faults = { networkIsCut: false, clockSkewMs: 0 }
  let stand: Stand = SWITCHED_OFF
  let process: PiProcess | undefined
  const show = (next: Stand) => {
    stand = next
    for (const listener of listeners) listener(next)
  }
  const powerOn = async () => {
    if (process !== undefined) return
    const power: PowerOn = { card, patience: options.patience ?? {}, routes: options.routes ?? {}, ...(options.distribution && { distribution: options.distribution }), ...faults }
    const started = await piProcess(power, show, options.onLine ?? (() => {}))
    process = started
    void started.ended.then(async (isRebooting) => {
      if (process !== started) return
      process = undefined
      show({ ...SWITCHED_OFF, what: isRebooting ? 'rebooting' : 'its process has ended' })
      if (isRebooting) await powerOn()
    })
  }
  const off = async (end: (running: PiProcess) => void | Promise<void>) => {
    const running = process
    if (running === undefined) return
    process = undefined
    await end(running)
    await running.ended
    show(SWITCHED_OFF)
  }
  const unplug = () => off((running) => running.kill())
  const ask = async (command: Command) => {
    if (process === undefined) throw new Error(`${serial} is switched off`)
    await process.ask(command)
  }
  const set = async (fault: Partial<typeof faults>, command: Command) => {
    Object.assign(faults, fault)
    await process?.ask(command)
  }
  return {
    serial,
    card,
    get stand() {
      return stand
    },
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    powerOn,
    unplug,
    shutDown: (patienceMs = SHUT_DOWN_MS) => off((running) => shutDown(running, patienceMs)),
    press: () => ask({ ask: 'press' }),
    network: {
      cut: () => set({ networkIsCut: true }, { ask: 'cut-network' }),
      restore: () => set({ networkIsCut: false }, { ask: 'restore-network' }),
    },
    clock: { skew: (skewMs) => set({ clockSkewMs: skewMs }, { ask: 'skew-clock', skewMs }) },
    [Symbol.asyncDispose]: unplug,
  }
}

async function shutDown(running: PiProcess, patienceMs: number): Promise<void> {
  const patience = setTimeout(() => running.kill(), patienceMs)
  await running.ask({ ask: 'shut-down' }).catch(() => undefined) // it was killed, or was already ending
  await running.ended
  clearTimeout(patience)
}

interface PiProcess {
  ask(command: Command): Promise<void>
  /** Kills its whole group. */
  kill(): void
  /** Resolves when the process is gone: true when it wants to be started again. */
  readonly ended: Promise<boolean>
}

async function piProcess(power: PowerOn, show: (stand: Stand) => void, onLine: (line: string) => void): Promise<PiProcess> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, PI_MAIN, JSON.stringify(power)], {
    detached: true, // it leads a new process group, which is what the plug is pulled on
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED }, // it starts in half the time
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  await once(child, 'spawn') // rejects when it cannot be started
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', onLine)
  const answers = new Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>()
  let isRebooting = false
  child.on('message', (message: FromPi) => {
    if (message.tell === 'stand') return show(message.stand)
    if (message.tell === 'rebooting') return void (isRebooting = true)
    const asked = answers.get(message.id)
    answers.delete(message.id)
    if (message.tell === 'done') asked?.resolve()
    else asked?.reject(new Error(message.why))
  })
  const ended = once(child, 'exit').then(() => {
    killGroups(child, power.card) // also when it has crashed
    for (const { reject } of answers.values()) reject(new Error('the Pi was switched off'))
    return isRebooting
  })
  let lastId = 0
  return {
    ended,
    kill: () => killGroups(child, power.card),
    ask: (command) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        answers.set(id, { resolve, reject })
        child.send({ ...command, id } satisfies ToPi, (error) => error && reject(error))
      }),
  }
}

/** First its own group, so that it starts nothing any more, then its components, which have groups of their own. */
function killGroups({ pid, exitCode, signalCode }: ChildProcess, card: string): void {
  if (pid !== undefined && exitCode === null && signalCode === null) kill(pid)
  killProcessGroups(nucleusPaths(join(card, onCard.nucleusRoot)).processGroups)
}

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error // gone in the meantime
  }
}
