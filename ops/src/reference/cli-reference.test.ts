// ops/src/reference/cli-reference.test.ts: docs/CLI.md is what the commands say, and each of them can be used from what it says.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { fleetProgram } from '../program.ts'
import { REPOSITORY } from '../target/repository.ts'
import { cliReference } from './cli-reference.ts'

test('docs/CLI.md is up to date (npm run docs writes it)', () => {
  expect(readFileSync(join(REPOSITORY, 'docs/CLI.md'), 'utf8')).toBe(cliReference(fleetProgram()))
})

const leaves = (command: Command): Command[] => (command.commands.length === 0 ? [command] : command.commands.flatMap(leaves))
const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name())

test.each(leaves(fleetProgram()).map((command): [string, Command] => [pathOf(command), command]))('%s has --json, an example of its own and a summary of one line', (path, command) => {
  let help = ''
  command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp()
  expect(help).toMatch(new RegExp(`\nExamples?:\n +${path}`))
  expect(help).toContain('--json')
  expect(command.summary()).toMatch(/^[A-Z][^.\n]{10,90}$/)
  const examples = help.slice(help.indexOf('\nExample'))
  for (const flag of examples.match(/--[a-z-]+/g) ?? []) expect(command.options.map(({ long }) => long)).toContain(flag)
})
