// ops/src/completion/completion.test.ts: what Tab offers, asked of fleet and of a real bash.
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

for (const shell of SHELLS) {
  test.skipIf(!isInstalled(shell))(`the script is one that ${shell} understands`, () => {
    const { status, stderr } = spawnSync(shell, ['-n', '-c', SCRIPTS[shell]], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
}
