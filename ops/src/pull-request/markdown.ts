// ops/src/pull-request/markdown.ts: a report, and the comment that carries it, as GitHub shows them.
import type { FleetError } from '@fleet/contract/errors'
import { renderPlan } from '../allowlist/render.ts'
import { SERVICES } from '../cost/estimate.ts'
import { renderPreview } from '../deploy/render.ts'
import { renderReleasePlan } from '../release/render.ts'
import { renderFailure } from '../shell/failure.ts'
import { plain } from '../shell/paint.ts'
import type { Costed, CostChange } from './cost-change.ts'
import type { Part, PullRequestReport } from './report.ts'

/** A comment of GitHub has at most 65536 characters; four plans of so many, and the rest. */
const LONGEST_PLAN = 14_000

export const renderReport = ({ stage, stack, allowlist, release, cost }: PullRequestReport): string =>
  [
    section(`Stack (preview of stage ${stage})`, stack, (value) => fenced(renderPreview(value, plain))),
    section('Allowlist', allowlist, (value) => fenced(renderPlan(value, plain))),
    section('Release', release, (value) => fenced(renderReleasePlan(value, plain))),
    section('Cost a month', cost, renderCostChange),
  ].join('\n\n')

function section<T>(title: string, part: Part<T>, render: (value: T) => string): string {
  return `### ${title}\n\n${'failure' in part ? renderFailed(part.failure) : render(part.value)}`
}

const renderFailed = (failure: FleetError) => `Cannot be told:\n\n${fenced(renderFailure(failure, { paint: plain, isDebugged: false }))}`

/** The fence is longer than any within: what a plan names cannot end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${shortened(text)}\n${fence}`
}

/** Keeps the end: it has the sums. */
function shortened(text: string): string {
  if (text.length <= LONGEST_PLAN) return text
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  const kept: string[] = []
  let length = last.length
  for (const line of lines) {
    length += line.length + 1
    if (length > LONGEST_PLAN) break
    kept.push(line)
  }
  return [...kept, `… and ${lines.length - kept.length} lines more`, last].join('\n')
}

function renderCostChange({ before, after }: CostChange): string {
  const change = after.total - before.total
  const rows = SERVICES.filter((service) => usd(before.bill[service]) !== usd(after.bill[service])).map((service) => `| ${service} | ${usd(before.bill[service])} | ${usd(after.bill[service])} | ${signed(after.bill[service] - before.bill[service])} |`)
  return [
    `| | now | with this | change |\n|---|---|---|---|\n${[...rows, `| **all** | **${usd(before.total)}** | **${usd(after.total)}** | **${signed(change)}** |`].join('\n')}`,
    `USD, by the price table of \`fleet cost\` and its default telemetry. Now: ${sizeOf(before)}; with this: ${sizeOf(after)}.`,
  ].join('\n\n')
}

const sizeOf = ({ devices, components, logsKeptDays }: Costed) => [counted(devices, 'device'), counted(components, 'component'), `logs kept for ${counted(logsKeptDays, 'day')}`].join(', ')
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
const usd = (amount: number) => amount.toFixed(2)
const signed = (amount: number) => (Math.abs(amount) < 0.005 ? '0.00' : `${amount > 0 ? '+' : '−'}${usd(Math.abs(amount))}`)

/** By which the comment is found again. */
export const MARK = '<!-- fleet pull-request -->'

const CHECKS = { success: 'passed ✅', failure: 'failed ❌', cancelled: 'were cancelled', skipped: 'were not run' } as const
export type Checks = keyof typeof CHECKS

export const renderComment = ({ checks, commit, report }: { readonly checks: Checks; readonly commit: string; readonly report: string }): string =>
  [MARK, '## What this pull request would do', `**Checks** ${CHECKS[checks]}`, report === '' ? 'There is no report: the job that makes it has failed before. Its log says why.' : report, `_Of commit ${commit.slice(0, 12)}; this comment is kept current._`].join('\n\n')
