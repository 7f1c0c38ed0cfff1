// ops/src/shell/wrong-use.ts: tells a call that cannot be read as every other error is told: what is wrong, what to do, and a code.
import { FleetError } from '@fleet/contract/errors'
import type { Command } from 'commander'
import { failureJson, renderFailure } from './failure.ts'
import { paintFor } from './paint.ts'

/** To stderr; with --json to stdout, too. */
export function tellsWrongUse(command: Command): void {
  command.configureOutput({
    outputError(said, write) {
      const error = wrongUse(said, pathOf(command))
      if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`)
      write(`${renderFailure(error, { paint: paintFor(process.stderr), isDebugged: false })}\n`)
    },
  })
}

/** `said` is commander's: `error: unknown command 'statsu'` and perhaps a line with what is meant. */
export const wrongUse = (said: string, path: string): FleetError => new FleetError('USAGE', said.replace(/^error: /, '').trimEnd(), `See how it is called: ${path} --help`)

const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name())
