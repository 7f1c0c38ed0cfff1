// ops/src/pull-request/run-report.ts: `fleet pull-request report`.
import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { FleetError } from '@fleet/contract/errors'
import { chosenEngine } from '../deploy/choose-engine.ts'
import { EXIT } from '../shell/exit-code.ts'
import { failureJson } from '../shell/failure.ts'
import type { ExitCode, Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { renderReport } from './markdown.ts'
import { failuresOf, reportOn, type Part } from './report.ts'

export interface ReportOptions {
  readonly output?: string
}

export async function runReport({ shell, options, target: choose }: Invocation<ReportOptions>): Promise<ExitCode> {
  const outputFile = options.output === undefined ? undefined : fileOfOutputs(shell.environment)
  const target = choose()
  const report = await reportOn(target, chosenEngine(target, shell.environment), shell.progress.show)
  const text = renderReport(report)
  if (outputFile !== undefined && options.output !== undefined) await appendFile(outputFile, asOutput(options.output, text))
  const { stage, stack, allowlist, release, cost } = report
  if (shell.isJson) show(shell, { stage, stack: forJson(stack), allowlist: forJson(allowlist), release: forJson(release), cost: forJson(cost) }, () => '')
  else show(shell, text, String)
  return failuresOf(report).length === 0 ? EXIT.done : EXIT.failed
}

const forJson = <T>(part: Part<T>) => ('failure' in part ? failureJson(part.failure) : part.value)

/** GitHub docs, «Workflow commands: multiline strings»; nobody can foresee the word that ends it. */
function asOutput(name: string, text: string): string {
  const end = randomUUID()
  return `${name}<<${end}\n${text}\n${end}\n`
}

function fileOfOutputs(environment: Readonly<Record<string, string | undefined>>): string {
  const file = environment['GITHUB_OUTPUT'] ?? ''
  if (file !== '') return file
  throw new FleetError('USAGE', '--output is for a step of a GitHub workflow: there is no GITHUB_OUTPUT', 'Leave it away: the report is printed.')
}
