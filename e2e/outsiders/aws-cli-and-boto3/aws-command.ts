// e2e/outsiders/aws-cli-and-boto3/aws-command.ts: runs `aws …` as a user would, and reads what it prints.
import { join } from 'node:path'
import { type Ended, runProgram } from '../program.ts'
import type { Trial } from '../suite.ts'

export interface AwsCli {
  /** `command` is split at its spaces; `more` are further arguments as they are. Gives the JSON that it printed, or its text. @throws when it ends with an error */
  readonly aws: (command: string, ...more: readonly string[]) => Promise<unknown>
  /** The same with other credentials. */
  readonly as: (environment: Readonly<Record<string, string>>, command: string) => Promise<unknown>
  /** Its error message. @throws when it does not end with an error */
  readonly fails: (command: string, environment?: Readonly<Record<string, string>>) => Promise<string>
  readonly check: (what: string, body: () => void | Promise<void>) => Promise<void>
}

export function awsCli(trial: Trial, bin: string, environment: Readonly<Record<string, string>>): AwsCli {
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    runProgram(join(bin, 'aws'), args, { environment: { ...environment, PYTHONDONTWRITEBYTECODE: '1', ...more }, folder: trial.folder, signal: trial.signal })
  const ended = async (args: readonly string[], more?: Readonly<Record<string, string>>): Promise<unknown> => {
    const { exitCode, out, err } = await run(args, more)
    if (exitCode !== 0) throw new Error(`aws ${args.join(' ')} ended with ${exitCode}: ${err.trim()}`)
    return readable(out)
  }
  return {
    check: (what, body) => trial.check(`aws: ${what}`, body),
    aws: (command, ...more) => ended([...command.split(' '), ...more]),
    as: (credentials, command) => ended(command.split(' '), credentials),
    fails: async (command, more) => {
      const { exitCode, out, err } = await run(command.split(' '), more)
      if (exitCode === 0) throw new Error(`aws ${command} did not fail: ${out}`)
      return err
    },
  }
}

function readable(out: string): unknown {
  const text = out.trim()
  try {
    return /^[{[]|^(true|false|null)$/.test(text) ? (JSON.parse(text) as unknown) : text
  } catch {
    return text
  }
}

export function equal(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`it is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}

export function matches(found: string, wanted: RegExp): void {
  if (!wanted.test(found)) throw new Error(`${JSON.stringify(found)} does not match ${String(wanted)}`)
}
