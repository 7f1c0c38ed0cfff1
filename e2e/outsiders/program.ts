// e2e/outsiders/program.ts: finds and runs programs that are not ours.
import { type ChildProcess, spawn } from 'node:child_process'

export interface Ended {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface Run {
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  readonly input?: string | Uint8Array
  /** Milliseconds; then it is killed, and the exit code is -1. */
  readonly within?: number
  readonly onOutput?: (line: string) => void
  /** Kills it, likewise. */
  readonly signal?: AbortSignal
}

const USUAL_MS = 60_000

/** Runs it to its end, with nothing of our own environment but what a program needs to find its parts. */
export async function runProgram(program: string, args: readonly string[], { environment = {}, folder, input, within = USUAL_MS, onOutput, signal }: Run = {}): Promise<Ended> {
  const child = spawn(program, args, { env: { ...inherited(), ...environment }, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const texts = { out: collected(child, 'stdout', onOutput), err: collected(child, 'stderr') }
  child.stdin.on('error', () => undefined) // it may end without having read
  child.stdin.end(input)
  const kill = () => void child.kill('SIGKILL')
  const patience = setTimeout(kill, within)
  signal?.addEventListener('abort', kill)
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  }).finally(() => {
    clearTimeout(patience)
    signal?.removeEventListener('abort', kill)
  })
  return { exitCode, out: texts.out(), err: texts.err() }
}

const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SYSTEMROOT']

export const inherited = (): Record<string, string> => Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

function collected(child: ChildProcess, stream: 'stdout' | 'stderr', onLine?: (line: string) => void): () => string {
  const chunks: Buffer[] = []
  let rest = ''
  child[stream]?.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    if (!onLine) return
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  })
  return () => Buffer.concat(chunks).toString()
}
