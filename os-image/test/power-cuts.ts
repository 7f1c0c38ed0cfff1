// os-image/test/power-cuts.ts: runs a script of the image so that the power can go before any one of its writes (power-cut.sh).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

export interface Run {
  /** null: the power was cut. */
  readonly code: number | null
  /** What it printed. */
  readonly said: string
  /** The writing commands, in order. */
  readonly writes: readonly string[]
}

/** Makes `bin`, for stand-ins, and `cuts`, with a power cut before each of these commands. */
export async function layPowerCuts(folder: string, commands: readonly string[]): Promise<void> {
  for (const name of ['bin', 'cuts']) await mkdir(join(folder, name))
  const cut = join(folder, 'power-cut.sh')
  await cp(join(import.meta.dirname, 'power-cut.sh'), cut)
  await chmod(cut, 0o755)
  for (const name of commands) await symlink(cut, join(folder, 'cuts', name))
}

/** Puts this file of the tests in the place of a command. */
export async function standIn(folder: string, file: string, command: string): Promise<void> {
  const path = join(folder, 'bin', command)
  await cp(join(import.meta.dirname, file), path)
  await chmod(path, 0o755)
}

export interface RunOptions {
  /** The power goes before that many-th write; 0: it stays. */
  readonly cutAt?: number
  readonly env: Readonly<Record<string, string>>
  /** Ends it when it has said this. */
  readonly until?: RegExp | undefined
  /** What is found behind the stand-ins. */
  readonly path?: string | undefined
  readonly stderr?: 'inherit' | 'ignore'
}

export async function runWithCuts(folder: string, script: string, { cutAt = 0, env, until, path = process.env['PATH'], stderr = 'inherit' }: RunOptions): Promise<Run> {
  const behind = [join(folder, 'bin'), path].join(delimiter)
  const [cuts, cutLog] = [join(folder, 'cuts'), join(folder, 'cuts.log')]
  await writeFile(cutLog, '')
  const child = spawn('sh', [script], {
    detached: true, // its own process group, which the power cut kills
    stdio: ['ignore', 'pipe', stderr],
    env: { ...env, CUTS: cuts, CUT_LOG: cutLog, CUT_AT: String(cutAt), PATH_BEHIND_CUTS: behind, PATH: [cuts, behind].join(delimiter) },
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (until?.test(said) && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  })
  const [code] = (await once(child, 'close')) as [number | null] // the event's arguments: code, signal
  return { code, said, writes: (await readFile(cutLog, 'utf8')).split('\n').filter((line) => line !== '') }
}
