// ops/src/completion/completion.test.ts: what Tab offers, asked of fleet and of real shells.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fleetProgram } from '../program.ts'
import { REPOSITORY } from '../target/repository.ts'
import { candidates } from './candidates.ts'
import { SCRIPTS, SHELLS } from './scripts.ts'

const offered = (...words: string[]) => candidates(fleetProgram(), words, { '--stage': () => ['dev', 'prod'] }).map(({ word }) => word)

test.each<[string[], string[]]>([
  [['allow'], ['allowlist']],
  [['allowlist', ''], ['plan', 'apply']],
  [['allowlist', 'a'], ['apply']],
  [['deploy', '--ca'], ['--canary']],
  [['deploy', '--canary', '5%', '--ca'], []], // once is enough
  [['deploy', '--stage', ''], ['dev', 'prod']],
  [['deploy', '--stage', 'p'], ['prod']],
  [['release', 'publish', '--builder', ''], ['docker', 'plain-oci']],
  [['sandbox', 'network', ''], ['cut', 'restore']],
  [['sandbox', 'network', 'cut', ''], []], // a serial number: nobody knows which
  [['deploy', 'history', '--pre'], []], // an option of deploy, not of history
  [['nonsense', ''], offered('')],
])('fleet %o offers %o', (words, expected) => {
  expect(offered(...words)).toEqual(expected)
})

test('every command is offered with its summary', () => {
  const program = fleetProgram()
  expect(candidates(program, [''], {})).toEqual(program.commands.map((command) => ({ word: command.name(), what: command.summary() })))
})

/** A shell finds this checkout's fleet by its name. */
function pathWithFleet(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-completion-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'fleet'), `#!/bin/sh\nexec '${process.execPath}' '${join(REPOSITORY, 'ops/bin/fleet.js')}' "$@"\n`)
  chmodSync(join(folder, 'fleet'), 0o755)
  return `${folder}:${process.env['PATH'] ?? ''}`
}

test('in bash', () => {
  const typed = (...words: string[]) => {
    const script = `source <(fleet completion bash); COMP_WORDS=(fleet ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _fleet; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', script], { env: { PATH: pathWithFleet(), HOME: tmpdir() }, encoding: 'utf8' }).trim().split('\n')
  }
  expect(typed('allowlist', '')).toEqual(['plan', 'apply'])
  expect(typed('deploy', '--stage', '')).toEqual(['dev', 'prod'])
})

const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
const ifThereIs = (shell: string) => test.skipIf(!isInstalled(shell))
const inFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-completion-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'list.txt'), '')
  return folder
}

ifThereIs('fish')('in fish, with what each word means; files only where fleet knows nothing', () => {
  const typed = (line: string) => execFileSync('fish', ['--no-config', '-c', `fleet completion fish | source; complete -C '${line}'`], { env: { PATH: pathWithFleet(), HOME: inFolder() }, cwd: inFolder(), encoding: 'utf8' }).trim().split('\n').sort()
  expect(typed('fleet allowlist ')).toEqual(['apply\tUpload the list and change what has to be changed', 'plan\tShow what the list would change'])
  expect(typed('fleet deploy --stage ')).toEqual(['dev', 'prod'])
  expect(typed('fleet allowlist plan --file ')).toEqual(['list.txt'])
})

/** Presses Tab in an interactive zsh with its completion system, on a terminal; ends when what is expected is on the screen. */
const ZSH = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit && compinit -u -D; source <(fleet completion zsh); print -r READY | tr A-Z a-z'
zpty -r z seen '*ready*'
zpty -w -n z "$1"$'\\t'
zpty -r z seen "*$2*"
print -r -- "$seen"
zpty -d z`

ifThereIs('zsh')('in zsh, with what each word means', () => {
  const typed = (line: string, until: string) => execFileSync('zsh', ['-f', '-c', ZSH, 'zsh', line, until], { env: { PATH: pathWithFleet(), HOME: inFolder(), TERM: 'xterm' }, cwd: inFolder(), encoding: 'utf8', timeout: 50_000 })
  expect(typed('fleet allowlist ', 'plan*Show what the list would change')).toMatch(/apply +-- Upload the list/)
  expect(typed('fleet deploy --stage ', 'prod')).toMatch(/dev/)
})

for (const shell of SHELLS) {
  test.skipIf(!isInstalled(shell))(`the script is one that ${shell} understands`, () => {
    const { status, stderr } = spawnSync(shell, ['-n', '-c', SCRIPTS[shell]], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
}
