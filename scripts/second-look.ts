// scripts/second-look.ts COMMAND…: runs the command, which is vitest's; looks once more, and alone, at the few test files that failed, and says which those were (docs/decisions/0014).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'

/** More than these at once is no accident. */
const MOST_FILES = 3

const Report = z.object({ testResults: z.array(z.object({ name: z.string(), status: z.enum(['passed', 'failed']), assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })) })) })

const [command = '', ...given] = process.argv.slice(2)
const vitest = (...more: readonly string[]) => spawnSync(command, [...given, ...more], { stdio: 'inherit' }).status ?? 1
const say = (line: string) => process.stdout.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), 'second-look-'))
try {
  process.exitCode = looked(join(folder, 'report.json'))
} finally {
  rmSync(folder, { recursive: true })
}

/** @returns the exit code: 0 only when every test has passed, by itself at the latest */
function looked(report: string): number {
  const first = vitest('--reporter=default', '--reporter=json', `--outputFile.json=${report}`)
  if (first === 0) return 0
  const failed = failedIn(report)
  if (failed.length === 0 || failed.length > MOST_FILES) return first // what fails outside of a test is none of a file's
  say(`\n== a second look, by themselves, at ${failed.map(({ name }) => name).join(', ')}`)
  const second = vitest(...failed.map(({ name }) => name))
  for (const { name, tests } of failed) say(`${second === 0 ? 'unsteady' : 'failed again, or beside one that did'}: ${name}${tests.map((test) => `\n  ${test}`).join('')}`)
  if (second === 0) say('Each of these failed among the others (above: why) and passed by itself. That is a fault of the test or a race in the product: find it.')
  return second
}

function failedIn(report: string) {
  const failed = Report.parse(JSON.parse(readFileSync(report, 'utf8'))).testResults.filter(({ status }) => status === 'failed')
  return failed.map(({ name, assertionResults }) => ({ name, tests: assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName) }))
}
