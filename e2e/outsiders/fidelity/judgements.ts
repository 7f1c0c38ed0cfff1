// e2e/outsiders/fidelity/judgements.ts: what each suite has judged, as it was written down when it last passed: judgements/<suite>.json.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Judgement {
  readonly suite: string
  /** Name in docs/FIDELITY.md. */
  readonly judge: string
  /** Operations that were answered with success, by model (`iot`). */
  readonly operations: Readonly<Record<string, readonly string[]>>
  /** Operations that it offers, and answered with nothing but a refusal, by model. */
  readonly refusals?: Readonly<Record<string, readonly string[]>>
  /** What else was seen to work: area → what. */
  readonly areas: Readonly<Record<string, readonly string[]>>
}

const FOLDER = join(import.meta.dirname, 'judgements')

/** Also of suites that this machine cannot run. */
export const recordedJudgements = (): readonly Judgement[] =>
  (existsSync(FOLDER) ? readdirSync(FOLDER) : [])
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Judgement) // written below

export function writeJudgement(judgement: Judgement): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, `${judgement.suite}.json`), `${JSON.stringify(judgement, null, 2)}\n`)
}
