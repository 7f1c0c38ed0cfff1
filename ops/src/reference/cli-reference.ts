// ops/src/reference/cli-reference.ts: docs/CLI.md: every command with the help that it prints itself.
import type { Command } from 'commander'

const WIDTH = 100

export function cliReference(program: Command): string {
  const commands = all(program, [])
  const contents = commands.slice(1).map(({ path, command }) => `- [\`${path}\`](#${path.replaceAll(' ', '-')}): ${command.summary()}`)
  const sections = commands.map(({ path, command }) => `## ${path}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
  return [HEAD, contents.join('\n'), ...sections, ''].join('\n\n').replace(/\n+$/, '\n')
}

const HEAD = `# The command line

\`fleet\` is the operator's one tool. In the repository it is called as \`npx fleet …\`. This page is what the commands say of themselves
with \`--help\`; \`npm run docs\` writes it.`

interface Named {
  readonly path: string
  readonly command: Command
}

function all(command: Command, parents: readonly string[]): Named[] {
  const names = [...parents, command.name()]
  return [{ path: names.join(' '), command }, ...command.commands.flatMap((child) => all(child, names))]
}

/** With what is printed after the options. */
function helpOf(command: Command): string {
  let text = ''
  command.configureHelp({ helpWidth: WIDTH }).configureOutput({ writeOut: (part) => void (text += part), getOutHasColors: () => false })
  command.outputHelp()
  return text.trimEnd()
}
