// ops/src/logs/run.ts: `fleet logs`.
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import type { Shell } from '../shell/shell.ts'
import { followLogs, readLogs, type LogLine } from './read-logs.ts'
import { renderLine } from './render.ts'

export interface LogsOptions {
  readonly follow?: true
  readonly since: (now: Date) => Date
}

const MOST_DAYS_MS = 30 * 86_400_000

export async function runLogs({ shell, options, target }: Invocation<LogsOptions>, given: string, component: string | undefined) {
  const serial = parseSerialNumber(given)
  const now = shell.now()
  const since = new Date(Math.max(options.since(now).getTime(), now.getTime() - MOST_DAYS_MS))
  const request = { serial, component, since, now: shell.now }
  if (options.follow === true) {
    await followLogs(target(), request, { line: (line) => print(line, shell), signal: shell.signal })
    return EXIT.done // Ctrl-C is how it is meant to end
  }
  const lines = await readLogs(target(), request)
  for (const line of lines) print(line, shell)
  if (lines.length === 0) shell.tell(`${serial} has uploaded no logs${component === undefined ? '' : ` of ${component}`} since ${since.toISOString()}: see whether it is connected (fleet status ${serial}), or look further back (--since 1d)`)
  return EXIT.done
}

const print = (line: LogLine, shell: Shell) => shell.out(shell.isJson ? JSON.stringify(line) : renderLine(line, shell.paint))
