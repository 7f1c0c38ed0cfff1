// ops/src/completion/run.ts: `fleet completion`.
import { readdirSync } from 'node:fs'
import type { Command } from 'commander'
import { REPOSITORY } from '../target/repository.ts'
import { candidates } from './candidates.ts'
import { SCRIPTS, type ShellName } from './scripts.ts'

interface Asked {
  readonly shell: ShellName
  /** After `fleet`; none: the script itself is wanted. */
  readonly words: readonly string[]
  readonly isJson: boolean
}

export function runCompletion(command: Command, { shell, words, isJson }: Asked): void {
  const [script, found] = [SCRIPTS[shell], candidates(command.parent ?? command, words, { '--stage': stages })]
  if (isJson) return print([JSON.stringify(words.length === 0 ? { shell, script } : { shell, candidates: found })])
  print(words.length === 0 ? [script] : found.map(({ word, what }) => (what === '' ? word : `${word}\t${what}`)))
}

const print = (lines: readonly string[]) => void process.stdout.write(lines.map((line) => `${line}\n`).join(''))

const stages = (): string[] => readdirSync(REPOSITORY).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort()
