// e2e/outsiders/fidelity/record.ts: keeps docs/FIDELITY.md true: it says what the suites judged, and what the twin offers, now.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Report } from '../report.ts'
import { openTwin } from '../twin.ts'
import { DIFFERENCES } from './differences.ts'
import { type Judgement, recordedJudgements, writeJudgement } from './judgements.ts'
import { fidelityPage } from './page.ts'

const PAGE = new URL('../../../docs/FIDELITY.md', import.meta.url)
const REMEDY = 'npm run outsiders -- --record writes it anew; look at what changed before you commit it'

export async function recordFidelity(judgements: readonly Judgement[]): Promise<void> {
  judgements.forEach(writeJudgement)
  writeFileSync(PAGE, await currentPage())
}

export async function fidelityIsTrue(judgements: readonly Judgement[], report: Report): Promise<void> {
  const recorded = new Map(recordedJudgements().map((judgement) => [judgement.suite, judgement]))
  for (const judgement of judgements) {
    const known = recorded.get(judgement.suite)
    const isSame = known !== undefined && isDeepStrictEqual(known, judgement)
    report.checked('fidelity', `what ${judgement.suite} judges is what is recorded`, isSame ? undefined : `${changes(known, judgement)}\n${REMEDY}`)
  }
  const isCurrent = existsSync(PAGE) && readFileSync(PAGE, 'utf8') === (await currentPage())
  report.checked('fidelity', 'docs/FIDELITY.md is current', isCurrent ? undefined : `it differs from what the recorded judgements, the differences and the twin say\n${REMEDY}`)
}

async function currentPage(): Promise<string> {
  await using twin = await openTwin()
  return fidelityPage({ offers: await twin.offers(), judgements: recordedJudgements(), differences: DIFFERENCES })
}

function changes(known: Judgement | undefined, found: Judgement): string {
  if (!known) return 'it was never recorded'
  const [before, after] = [new Set(words(known)), new Set(words(found))]
  return [...[...before].filter((word) => !after.has(word)).map((word) => `no longer: ${word}`), ...[...after].filter((word) => !before.has(word)).map((word) => `new: ${word}`)].join('\n')
}

const words = ({ judge, operations, refusals = {}, areas }: Judgement): readonly string[] => [judge, ...[operations, refusals, areas].flatMap((table) => Object.entries(table).flatMap(([of, names]) => names.map((name) => `${of}: ${name}`)))]
