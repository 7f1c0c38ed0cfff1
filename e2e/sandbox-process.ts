// e2e/sandbox-process.ts: `npm start -- --headless …` as a script starts it: a process of its own, its lines, its end, and whatever it leaves running.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

export const SANDBOX_MAIN = fileURLToPath(new URL('../sandbox/src/main.ts', import.meta.url))

export interface SandboxProcess extends AsyncDisposable {
  readonly pid: number
  /** Of standard output and standard error, as they came. */
  readonly lines: readonly string[]
  readonly errorLines: readonly string[]
  /** The line `ready …`. @throws when it ends before, with what it said last */
  readonly ready: Promise<Ready>
  readonly ended: Promise<End>
  /** Sends the signal; resolves with its end. */
  end(signal: NodeJS.Signals): Promise<End>
}

export interface End {
  /** Exit code, or the signal that ended it. */
  readonly how: number | NodeJS.Signals | null
}

/** As `npm start -- --help` promises it to scripts: no more and no less. */
const Ready = z.strictObject({
  endpoints: z.object({ gateway: z.url(), gatewayTls: z.url(), mqtt: z.object({ host: z.string(), port: z.number() }), console: z.url(), accessKeyId: z.string(), secretAccessKey: z.string() }),
  region: z.string(),
  accountId: z.string(),
  caFile: z.string(),
  pis: z.array(z.strictObject({ serial: z.string(), certificateFile: z.string(), privateKeyFile: z.string() })),
})
export type Ready = z.infer<typeof Ready>

const READY = 'ready '
const FREE_PORTS = { '--gateway-port': '0', '--mqtt-port': '0', '--console-port': '0' }

/** `ports`: flags that replace the free ones. */
export function startSandbox(stateFolder: string, words: readonly string[], ports: Partial<typeof FREE_PORTS> = {}): SandboxProcess {
  const child = spawn(process.execPath, [SANDBOX_MAIN, '--headless', '--state', stateFolder, ...words, ...Object.entries({ ...FREE_PORTS, ...ports }).flat()], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [lines, errorLines]: [string[], string[]] = [[], []]
  const ready = Promise.withResolvers<Ready>()
  ready.promise.catch(() => undefined) // some only wait for the end
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    if (line.startsWith(READY)) ready.resolve(Ready.parse(JSON.parse(line.slice(READY.length))))
  })
  createInterface(child.stderr).on('line', (line) => errorLines.push(line))
  const ended = endOf(child)
  void ended.then(({ how }) => ready.reject(new Error(`the sandbox ended (${String(how)}) before it was ready:\n${[...lines.slice(-10), ...errorLines].join('\n')}`)))
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return { pid: child.pid ?? 0, lines, errorLines, ready: ready.promise, ended, end, [Symbol.asyncDispose]: () => end('SIGTERM').then(() => {}) }
}

const endOf = (child: ChildProcess) =>
  new Promise<End>((resolve) => {
    child.once('close', (code, signal) => resolve({ how: code ?? signal })) // «exit» may come before the last line
  })

export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly words: string
}

export function allProcesses(): RunningProcess[] {
  const lines = execFileSync('ps', ['axww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 50_000_000 }).trimEnd().split('\n')
  return lines.map((line) => {
    const [, pid = '', parent = '', words = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return { pid: Number(pid), parent: Number(parent), words }
  })
}

/** Those that it has started, and those that they have. */
export function descendants(pid: number, all = allProcesses()): RunningProcess[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendants(child.pid, all)])
}

/** Of these; a process that has taken the id of one since is another. */
export function stillRunning(processes: readonly RunningProcess[]): RunningProcess[] {
  return allProcesses().filter(({ pid, words }) => processes.some((one) => one.pid === pid && one.words === words))
}
