// ops/src/shell/invocation.ts: one call of a command: runs it, and tells an error in words and by exit code.
import { chosenTarget } from '../target/choose-target.ts'
import type { Target } from '../target/target.ts'
import { explained } from '../aws/aws-failure.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { asFleetError, failureJson, renderFailure } from './failure.ts'
import { paintFor } from './paint.ts'
import { processShell, type Shell } from './shell.ts'

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Options that every command has, as commander parses them. */
export interface CommonOptions {
  readonly stage: string
  readonly aws?: true
  readonly json?: true
}

export interface Invocation<Options> {
  readonly shell: Shell
  readonly options: Options & CommonOptions
  /** Where fleet speaks to; tells it on stderr. @throws FleetError */
  readonly target: () => Target
}

export async function invoke<Options extends object>(options: Options & CommonOptions, run: (invocation: Invocation<Options>) => Promise<ExitCode>): Promise<number> {
  const shell = processShell({ isJson: options.json === true })
  let target: Target | undefined
  const choose = () => {
    target = chosenTarget({ environment: shell.environment, stage: options.stage, wantsAws: options.aws === true })
    shell.tell(`target: ${target.describe}`)
    return target
  }
  try {
    const code = await run({ shell, options, target: choose })
    shell.progress.end()
    return code
  } catch (error) {
    shell.progress.end()
    return failed(shell, target === undefined ? error : explained(error, target))
  }
}

function failed(shell: Shell, error: unknown): number {
  const failure = asFleetError(error)
  if (shell.isJson) shell.out(JSON.stringify(failureJson(failure)))
  shell.tell(renderFailure(failure, { paint: paintFor(process.stderr), isDebugged: (shell.environment['FLEET_DEBUG'] ?? '') !== '' }))
  return exitCodeOf(failure.code)
}
