// ops/src/shell/fleet-command.ts: what all commands share: options, examples in the help, and how an error becomes an exit code.
import { Command } from 'commander'
import type { CommonOptions, ExitCode, Invocation } from './invocation.ts'

/** A command and what it costs and looks like: each `example` is a line to type and what it does. */
export interface CommandText {
  readonly summary: string
  /** More than a line, for its own help. */
  readonly description?: string
  readonly examples: readonly (readonly [line: string, what: string])[]
}

export const DEFAULT_STAGE = 'dev'

/** Columns: as many as the terminal has, no more than are pleasant to read. */
export const HELP_WIDTH = process.stdout.isTTY ? Math.min(process.stdout.columns, 100) : 100

/** A command that does something: it takes --stage, --json and --aws. */
export function fleetCommand(name: string, text: CommandText): Command {
  return group(name, text)
    .option('--stage <name>', 'the stage: the <name> of Pulumi.<name>.yaml', DEFAULT_STAGE)
    .option('--aws', 'speak to AWS although a sandbox is running here')
    .option('--json', 'print the result as JSON on stdout, and nothing else there')
}

/** A command that only has others below it. */
export function group(name: string, { summary, description = '', examples }: CommandText): Command {
  const width = Math.max(...examples.map(([line]) => line.length))
  const list = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join('\n')
  return new Command(name)
    .summary(summary)
    .description([`${summary}.`, description].filter((part) => part !== '').join('\n\n'))
    .configureHelp({ helpWidth: HELP_WIDTH })
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${list}`)
}

/** What a command does, apart in a module of its own that is loaded only when it is called: SDK clients are slow to load. */
export type Load<Options, Words extends readonly unknown[]> = () => Promise<(invocation: Invocation<Options>, ...words: Words) => Promise<ExitCode>>

/** The action of a command: commander calls it with the arguments, then the options. */
export function runs<Options extends object = object, Words extends readonly unknown[] = []>(load: Load<Options, Words>) {
  return async (...given: readonly unknown[]): Promise<void> => {
    const { invoke } = await import('./invocation.ts')
    const command = given.at(-1) as Command // commander's order: arguments, options, the command
    const options = command.opts<Options & CommonOptions>()
    const words = given.slice(0, -2) as unknown as Words // as the command declares them
    process.exitCode = await invoke(options, async (invocation) => (await load())(invocation, ...words))
  }
}
