// sandbox/src/site/script.ts: runs a shell script of the image on a simulated Pi, and answers the systemd questions that it asks.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Duplex, Readable } from 'node:stream'

export interface Script {
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
  /** Each line that it prints. */
  readonly onLine: (line: string) => void
  /** Does what systemctl, reboot or poweroff would: `['systemctl', 'start', 'x.service']`. */
  readonly systemd: (words: readonly string[]) => Promise<SystemdAnswer>
}

export interface SystemdAnswer {
  /** The command's exit code. */
  readonly code: number
  /** What it prints: one line at most. */
  readonly text?: string
}

/** Resolves with the exit code, 128 + 9 for a script that was killed. It stays in this process group: a power cut takes it along. */
export async function runScript({ path, environment, onLine, systemd }: Script, signal: AbortSignal): Promise<number> {
  const child = spawn('sh', [path], { env: environment, stdio: ['ignore', 'pipe', 'inherit', 'pipe'], signal, killSignal: 'SIGKILL' })
  const printed = child.stdout as Readable // these two are pipes, as asked for above …
  const questions = child.stdio[3] as Duplex // … for which Node takes a socket pair
  createInterface({ input: printed }).on('line', onLine)
  questions.on('error', () => {}) // the script has ended before it heard the answer
  createInterface({ input: questions }).on('line', (line) => {
    void systemd(line.trim().split(' ')).then(
      ({ code, text = '' }) => questions.write(`${code} ${text}\n`),
      (error: unknown) => questions.write(`1 ${error instanceof Error ? error.message.replaceAll('\n', ' ') : 'failed'}\n`),
    )
  })
  return await new Promise((resolve, reject) => {
    child.once('error', (error) => (signal.aborted ? resolve(137) : reject(error)))
    child.once('close', (code) => resolve(code ?? 137))
  })
}
