// sandbox/src/site/nucleus/lifecycle/component-process.ts: one script of a component: a shell in a session of its own, so that all it starts can be stopped.
import { spawn } from 'node:child_process'
import { setTimeout as timer } from 'node:timers/promises'
import type { ProcessGroups } from './process-groups.ts'
import { exitCodeOf, hasRunning, signalGroup } from './process-signal.ts'

export interface ComponentProcess {
  readonly isRunning: boolean
  /** The exit code, 128 + its number for a signal, when the script has ended and nothing holds its output any more. */
  readonly ended: Promise<number>
  /** TERM to all of its group, KILL to what is left after a while; resolves when none is left. */
  readonly stop: () => Promise<void>
  /** Holds every process of its group, or lets them go on. */
  readonly hold: (held: boolean) => void
}

export interface ProcessOptions {
  readonly shell: string
  readonly script: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly gracefulMs: number
  readonly groups: ProcessGroups
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

/** @throws Error when the shell cannot be started */
export async function startProcess({ shell, script, folder, environment, gracefulMs, groups, onLine }: ProcessOptions): Promise<ComponentProcess> {
  // Standard input stays open: a program that reads it waits, as under the nucleus.
  const child = spawn(shell, ['-c', script], { cwd: folder, env: environment, detached: true, stdio: 'pipe' })
  child.stdin.on('error', () => {}) // the script need not read it
  eachLine(child.stdout, (line) => onLine('stdout', line))
  eachLine(child.stderr, (line) => onLine('stderr', line))
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const group = child.pid ?? 0 // «spawn» was heard, so there is one
  groups.add(group)
  let isRunning = true
  child.once('exit', () => (isRunning = false))
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => {
      if (!hasRunning(group)) groups.remove(group)
      resolve(code ?? exitCodeOf(signal))
    })
  })
  return {
    get isRunning() {
      return isRunning
    },
    ended,
    async stop() {
      await stopGroup(group, gracefulMs)
      child.stdin.destroy()
      groups.remove(group)
    },
    hold: (held) => signalGroup(group, held ? 'SIGSTOP' : 'SIGCONT'),
  }
}

const POLL_MS = 20

async function stopGroup(group: number, gracefulMs: number): Promise<void> {
  signalGroup(group, 'SIGCONT') // a held process cannot hear TERM
  signalGroup(group, 'SIGTERM')
  const killAt = performance.now() + gracefulMs
  while (hasRunning(group) && performance.now() < killAt) await timer(POLL_MS)
  signalGroup(group, 'SIGKILL')
  while (hasRunning(group)) await timer(POLL_MS)
}

/** Lines end with a line feed, or a carriage return as progress bars write it. */
function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r/)
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(line)
  })
  stream.on('end', () => rest !== '' && take(rest))
}
