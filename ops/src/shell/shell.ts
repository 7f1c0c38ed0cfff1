// ops/src/shell/shell.ts: what a command has of the world around it: its environment, its two streams, the clock, and the wish to end.
import { createInterface } from 'node:readline/promises'
import { FleetError } from '@fleet/contract/errors'
import { paintFor, type Paint } from './paint.ts'
import { progressOn, type Progress } from './progress.ts'

export interface Shell {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The only thing on stdout is then one JSON document (JSON lines, for what goes on). */
  readonly isJson: boolean
  /** The result, to stdout. */
  out(text: string): void
  /** What a person wants to know beside it, to stderr. */
  tell(text: string): void
  /** Colours for what goes to stdout. */
  readonly paint: Paint
  readonly progress: Progress
  readonly now: () => Date
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Whether there is a person to ask. */
  readonly isInteractive: boolean
  /** True only for a yes. */
  confirm(question: string): Promise<boolean>
  /** What the person typed, without spaces around it. */
  ask(question: string): Promise<string>
}

export function processShell({ isJson }: { readonly isJson: boolean }): Shell {
  const progress = progressOn(process.stderr)
  return {
    environment: process.env,
    isJson,
    out: (text) => void process.stdout.write(`${text}\n`),
    tell: (text) => progress.note(text),
    paint: paintFor(process.stdout),
    progress,
    now: () => new Date(),
    signal: endOfProcess(),
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    confirm: async (question) => /^y(es)?$/i.test(await ask(`${question} [y/N] `)),
    ask,
  }
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(question)).trim()
  } finally {
    terminal.close()
  }
}

/** The first signal asks to end, a second one ends at once. */
function endOfProcess(): AbortSignal {
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => ending.abort(new FleetError('INTERRUPTED', `ended by ${signal}`, 'Run the same command again: it goes on where it stopped.')))
  }
  return ending.signal
}

/** Prints a result: as JSON, or as text made by `render`. */
export function show<Result>(shell: Shell, result: Result, render: (result: Result, paint: Paint) => string): void {
  shell.progress.end()
  shell.out(shell.isJson ? JSON.stringify(result) : render(result, shell.paint))
}
