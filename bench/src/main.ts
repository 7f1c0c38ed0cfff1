// bench/src/main.ts: the process of `npm run bench`: runs the benches one after another, prints the table, writes docs/BENCHMARKS.md.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benches } from './benches.ts'
import { verdictOf } from './figure.ts'
import { thisMachine } from './machine.ts'
import { progressLine } from './progress.ts'
import { markdown, terminalTable } from './report.ts'
import { runBench, type BenchResult } from './run-bench.ts'

const HELP = `npm run bench -- [options]   measures the figures that this project promises; a complete run writes docs/BENCHMARKS.md

  --only NAME   this bench alone (may be repeated): ${Object.keys(benches).join(', ')}
  --check       a figure that misses its target, or a bench that fails, is exit code 1
  --help        this text
`
const DOCUMENT = fileURLToPath(new URL('../../docs/BENCHMARKS.md', import.meta.url))

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort(new Error(signal)))
process.exitCode = await run()

async function run(): Promise<number> {
  const options = readOptions()
  if (typeof options === 'string') return process.stderr.write(options), 2
  if (options.help) return process.stdout.write(HELP), 0
  const names = options.only ?? Object.keys(benches)
  const machine = thisMachine()
  process.stdout.write(`${machine.description}; load average ${machine.load.toFixed(1)}\n`)
  const results: BenchResult[] = []
  for (const [index, name] of names.entries()) {
    const line = progressLine(process.stdout, `[${index + 1}/${names.length}] ${name}`)
    const result = await runBench(name, line.show, ending.signal)
    line.end(summary(result))
    if (ending.signal.aborted) break
    results.push(result)
  }
  process.stdout.write(`\n${terminalTable(results)}\n`)
  if (ending.signal.aborted) return 130
  if (options.only === undefined) writeFileSync(DOCUMENT, markdown(results, machine))
  return options.check && !results.every(isAsPromised) ? 1 : 0
}

function missedOf({ figures }: BenchResult) {
  return figures.filter((figure) => verdictOf(figure) === 'missed')
}

function isAsPromised(result: BenchResult): boolean {
  return result.failed === undefined && missedOf(result).length === 0
}

function summary(result: BenchResult): string {
  if (result.failed !== undefined) return `failed: ${result.failed}`
  const missed = missedOf(result).map(({ what }) => what)
  if (missed.length > 0) return `missed: ${missed.join('; ')}`
  return result.skipped === undefined ? 'done' : `skipped: ${result.skipped}`
}

/** Or what is wrong with them. */
function readOptions(): string | { readonly only: string[] | undefined; readonly check: boolean; readonly help: boolean } {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } })
    const unknown = values.only?.find((name) => benches[name] === undefined)
    return unknown === undefined ? { only: values.only, check: values.check, help: values.help } : `there is no bench «${unknown}»\n\n${HELP}`
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${HELP}`
  }
}
