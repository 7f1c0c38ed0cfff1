// sandbox/src/run.ts: what `npm start` does: opens the sandbox, tells its story, and ends it in order.
import { once } from 'node:events'
import { join } from 'node:path'
import type { WriteStream } from 'node:tty'
import { SANDBOX_FOLDER } from '@fleet/contract/sandbox-endpoints'
import { asFleetError } from '@fleet/ops/shell/failure'
import { REPOSITORY } from '@fleet/ops/target/repository'
import { HELP, readCommandLine, type CommandLine } from './command-line.ts'
import { openSandbox } from './sandbox.ts'
import type { Screen } from './story/live-block.ts'
import { logStory } from './story/log-story.ts'
import type { Story } from './story/story.ts'
import { terminalStory } from './story/terminal-story.ts'

const LAST_MS = 4500 // whoever sent the signal was promised an end within five seconds

const line = (text: string) => void process.stdout.write(`${text}\n`)
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal))
process.exitCode = await run().catch(refuse)
process.exit()

async function run(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2), { environment: process.env, folder: process.env['INIT_CWD'] ?? process.cwd(), defaultStateFolder: join(REPOSITORY, SANDBOX_FOLDER) })
  if (commandLine.wantsHelp) return process.stdout.write(HELP), 0
  const story = storyFor(commandLine)
  try {
    await using sandbox = await openSandbox({ ...commandLine, story, signal: ending.signal }).catch(() => undefined) // it has told why
    if (sandbox === undefined) return ending.signal.aborted ? 0 : 1
    return (await Promise.race([sandbox.failed, aborted(ending.signal)])) === undefined ? 0 : 1
  } finally {
    story.end()
  }
}

/** A person at a terminal is told a story, a script gets log lines. */
function storyFor({ isHeadless }: CommandLine): Story {
  const { stdout } = process
  return isHeadless || !stdout.isTTY ? logStory({ write: line, announcesReady: true }) : terminalStory({ screen: sized(stdout), isColoured: stdout.hasColors() })
}

/** Some pseudo-terminals have no size: then it is that of the first ones. */
function sized(stdout: WriteStream): Screen {
  return {
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    write: (text) => stdout.write(text),
    on: (event, listener) => stdout.on(event, listener),
    off: (event, listener) => stdout.off(event, listener),
  }
}

function end(signal: string): void {
  ending.abort(new Error(signal))
  setTimeout(() => process.exit(0), LAST_MS).unref() // children end with their channel to this process
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** Nothing was started. */
function refuse(error: unknown): number {
  const { code, message, remedy } = asFleetError(error)
  process.stderr.write(`error: ${message}\n   do: ${remedy}\n code: ${code} (docs/ERRORS.md)\n`)
  return 2
}
