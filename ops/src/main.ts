// ops/src/main.ts: the process of `fleet`: reads what was typed, runs the command; its exit code says how that went.
import { CommanderError } from 'commander'
import { fleetProgram } from './program.ts'
import { EXIT } from './shell/exit-code.ts'

// Who reads the output may stop reading: `fleet logs … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
process.stderr.on('error', () => undefined) // work goes on when nobody watches it

try {
  await fleetProgram().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse // help that was asked for is no error; commander has told the rest
}
