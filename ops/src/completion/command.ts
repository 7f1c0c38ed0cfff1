// ops/src/completion/command.ts: `fleet completion`: what it takes, and what its help says.
import { Argument, type Command } from 'commander'
import { group } from '../shell/fleet-command.ts'
import { SHELLS, type ShellName } from './scripts.ts'

export const completionCommand = (): Command =>
  group('completion', {
    summary: 'Print what makes Tab complete fleet in a shell',
    description: 'For a shell in which `fleet` is a command: with node_modules/.bin of this repository on PATH, or as an alias of `npx fleet`. Commands, options, the stages of this repository, and all values that are a choice.',
    examples: [
      ['fleet completion fish | source', 'in fish'],
      ['source <(fleet completion bash)', 'in bash; in ~/.bashrc for every one'],
      ['source <(fleet completion zsh)', 'in zsh, after compinit'],
    ],
  })
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .argument('[words...]', 'what was typed after fleet: prints what can follow (the script asks so)')
    .option('--json', 'print the result as JSON on stdout, and nothing else there')
    .action(async (shell: ShellName, words: readonly string[], { json }: { readonly json?: true }, command: Command) => (await import('./run.ts')).runCompletion(command, { shell, words, isJson: json === true }))
