// bench/src/run-bench.ts: runs one bench in a process of its own with a temporary folder of its own, and clears both away.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Outcome, Tell } from './bench.ts'
import type { FromBench } from './bench-process.ts'

export interface BenchResult extends Outcome {
  readonly name: string
  readonly how: string
  /** Why it has no figures: it broke. */
  readonly failed?: string
}

const PROCESS = fileURLToPath(new URL('./bench-process.ts', import.meta.url))

export async function runBench(name: string, tell: Tell, signal: AbortSignal): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROCESS, name], { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced' }) // keeps NaN, of a measurement that failed
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  let how = ''
  let outcome: Outcome | undefined
  child.on('message', (message: FromBench) => {
    if (message.say === 'how') how = message.how
    else if (message.say === 'doing') tell(message.doing)
    else outcome = message
  })
  try {
    const [errors] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, 'close')])
    if (outcome === undefined) return { name, how, figures: [], failed: lastWords(errors) }
    const { figures, skipped } = outcome
    return { name, how, figures, ...(skipped !== undefined && { skipped }) }
  } finally {
    signal.removeEventListener('abort', stop)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

const lastWords = (errors: string) => errors.trim().slice(-2000) || 'its process has ended without a word'
