// ops/src/doctor/render.ts: what was found, a line for each check, with what to do below it.
import type { Paint, Style } from '../shell/paint.ts'
import { printable } from '../shell/table.ts'
import type { Finding, Health } from './examination.ts'

const STYLES: Readonly<Record<Health, Style>> = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' }
const HEALTH_WIDTH = 7

export function renderExamination({ findings }: { readonly findings: readonly Finding[] }, paint: Paint): string {
  const width = Math.max(0, ...findings.map(({ check }) => check.length))
  const indent = ' '.repeat(HEALTH_WIDTH + width + 4)
  const lines = findings.flatMap(({ check, health, what, remedy, code }) => [
    `${paint(STYLES[health], health.padEnd(HEALTH_WIDTH))}  ${check.padEnd(width)}  ${what.split('\n').map(printable).join(`\n${indent}`)}`,
    ...(remedy === undefined ? [] : [`${indent}do: ${remedy}${code === undefined ? '' : ` [${code}]`}`]),
  ])
  return [...lines, '', summary(findings)].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Health) => findings.filter(({ health }) => health === wanted).length
  return `${count('ok')} ok, ${count('warning')} ${count('warning') === 1 ? 'warning' : 'warnings'}, ${count('error')} ${count('error') === 1 ? 'error' : 'errors'}${count('skipped') > 0 ? `, ${count('skipped')} skipped` : ''}`
}
