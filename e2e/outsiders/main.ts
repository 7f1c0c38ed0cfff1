// e2e/outsiders/main.ts: `npm run outsiders`: strangers judge the twin. Skips, with one line, what this machine cannot run; ends 1 when a suite fails.
import { parseArgs } from 'node:util'
import { fidelityIsTrue, recordFidelity } from './fidelity/record.ts'
import type { Judgement } from './fidelity/judgements.ts'
import { terminalReport } from './report.ts'
import type { Suite } from './suite.ts'
import { SUITES } from './suites.ts'
import { runSuite } from './trial.ts'

const USAGE = 'npm run outsiders -- [--only SUITE]… [--verbose] [--record] [--minutes N]'
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', default: false },
    /** Writes down what the suites judged. */
    record: { type: 'boolean', default: false },
    /** For all suites together: none begins in the last two of them. One that has begun is given what it may take. */
    minutes: { type: 'string', default: '8' },
  },
})
const report = terminalReport((line) => process.stdout.write(`${line}\n`), values.verbose)
const lastBeginsMs = performance.now() + (Number(values.minutes) - 2) * 60_000

const judgements: Judgement[] = []
for (const suite of chosenSuites(values.only)) {
  const why = performance.now() > lastBeginsMs ? `the ${values.minutes} minutes are over` : await suite.whyNot()
  if (why !== undefined) {
    report.skipped(suite.name, why)
    continue
  }
  const judgement = await runSuite(suite, report)
  if (judgement) judgements.push(judgement)
}
if (values.record) await recordFidelity(judgements)
await fidelityIsTrue(judgements, report)
report.end()
process.exit(report.failures === 0 ? 0 : 1) // a suite that was given up may still hold something open

function chosenSuites(names: readonly string[]): readonly Suite[] {
  const unknown = names.find((name) => SUITES.every((suite) => suite.name !== name))
  if (unknown === undefined) return names.length === 0 ? SUITES : SUITES.filter(({ name }) => names.includes(name))
  process.stderr.write(`there is no suite ${unknown}; there are: ${SUITES.map(({ name }) => name).join(', ')}\n${USAGE}\n`)
  return process.exit(2)
}
