// ops/src/completion/candidates.ts: what can follow the words that were typed: commands, options, and the values that are known of both.
import type { Command, Option } from 'commander'

export interface Candidate {
  readonly word: string
  /** A few words for shells that show them. */
  readonly what: string
}

/** Values that no command knows by itself, by the name of the option: the stages of this repository. */
export type KnownValues = Readonly<Record<string, () => readonly string[]>>

/** `words`: all after `fleet`; the last is being typed and may be empty. Nothing, where only files or free text can follow. */
export function candidates(program: Command, words: readonly string[], known: KnownValues): Candidate[] {
  const typed = words.at(-1) ?? ''
  const { command, pending, used, given } = walked(program, words.slice(0, -1))
  const all = pending ? valuesOf(pending, known) : typed.startsWith('-') ? optionsOf(command, used) : [...commandsOf(command), ...argumentsOf(command, given)]
  return all.filter(({ word }) => word.startsWith(typed))
}

interface Walked {
  readonly command: Command
  /** The option whose value comes next. */
  readonly pending: Option | undefined
  readonly used: ReadonlySet<string>
  /** Arguments that were typed for the command. */
  readonly given: number
}

function walked(program: Command, words: readonly string[]): Walked {
  const state = { command: program, pending: undefined as Option | undefined, used: new Set<string>(), given: 0 }
  for (const word of words) {
    const below = state.command.commands.find((each) => each.name() === word)
    if (state.pending) state.pending = undefined
    else if (word.startsWith('-')) {
      const option = state.command.options.find((each) => each.long === word || each.short === word)
      state.used.add(option?.long ?? word)
      if (option?.required === true) state.pending = option
    } else if (below && state.given === 0) Object.assign(state, { command: below, used: new Set<string>() })
    else state.given++
  }
  return state
}

const commandsOf = (command: Command): Candidate[] => command.commands.map((each) => ({ word: each.name(), what: each.summary() }))

const optionsOf = ({ options }: Command, used: ReadonlySet<string>): Candidate[] =>
  [...options.map(({ long, description }) => ({ word: long ?? '', what: description })), { word: '--help', what: 'show this help' }].filter(({ word }) => word !== '' && !used.has(word))

const valuesOf = ({ long, argChoices }: Option, known: KnownValues): Candidate[] => (argChoices ?? known[long ?? '']?.() ?? []).map((word) => ({ word, what: '' }))

function argumentsOf({ registeredArguments }: Command, given: number): Candidate[] {
  const argument = registeredArguments[given] ?? (registeredArguments.at(-1)?.variadic === true ? registeredArguments.at(-1) : undefined)
  const choices = argument?.argChoices ?? (argument?.name().includes('|') === true ? argument.name().split('|') : []) // `<on|off>`
  return choices.map((word) => ({ word, what: argument?.description ?? '' }))
}
