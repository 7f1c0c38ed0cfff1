// e2e/outsiders/main.ts: `npm run outsiders`: strangers judge the twin. Skips, with one line, what this machine cannot run; ends 1 when a suite fails.
import { parseArgs } from 'node:util'
import { fidelityIsTrue, recordFidelity } from './fidelity/record.ts'
import type { Judgement } from './fidelity/judgements.ts'
import { terminalReport } from './report.ts'
import type { Suite } from './suite.ts'
import { SUITES } from './suites.ts'
import { runSuite } from './trial.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { record: { type: 'boolean', default: false }, verbose: { type: 'boolean', default: false } } })
const report = terminalReport((line) => process.stdout.write(`${line}\n`), values.verbose)

const chosen = chosenSuites(positionals)
const judgements: Judgement[] = []
for (const suite of chosen) {
  const why = await suite.whyNot()
  if (why === undefined) judgements.push(...(await runSuite(suite, report)))
  else report.skipped(suite.name, why)
}
await (values.record && report.failures === 0 ? recordFidelity(judgements) : fidelityIsTrue(judgements, report))
report.end()
process.exitCode = report.failures === 0 ? 0 : 1

function chosenSuites(names: readonly string[]): readonly Suite[] {
  const unknown = names.find((name) => SUITES.every((suite) => suite.name !== name))
  if (unknown === undefined) return names.length === 0 ? SUITES : SUITES.filter(({ name }) => names.includes(name))
  process.stderr.write(`there is no suite ${unknown}; there are: ${SUITES.map(({ name }) => name).join(', ')}\nnpm run outsiders -- [--verbose] [--record] [suite …]\n`)
  return process.exit(2)
}
