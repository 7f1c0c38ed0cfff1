// bench/src/report.ts: the results as a table for a terminal, and as docs/BENCHMARKS.md.
import { ratioOf, verdictOf, type Figure, type Target } from './figure.ts'
import type { Machine } from './machine.ts'
import type { BenchResult } from './run-bench.ts'

const HEAD = ['bench', 'figure', 'measured', 'target', 'times better', 'verdict'] as const

export function terminalTable(results: readonly BenchResult[]): string {
  const rows = [HEAD, ...results.flatMap((result) => rowsOf(result))]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}

export function markdown(results: readonly BenchResult[], { description, load, at }: Machine): string {
  const lines = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; do not edit. `npm run bench -- --only <bench>` runs one, `--check` makes a missed target exit code 1.',
    '«Times better» is how far a figure is from its target: 2 means half the time or memory allowed, or twice the rate asked for.',
    '',
    `Measured on ${at.toISOString().slice(0, 10)}: ${description}. Load average before the first bench: ${load.toFixed(1)}.`,
    'MB are 10⁶ bytes. RSS counts memory that processes share in each of them; PSS divides it among them, so that a sum of PSS is what they take together.',
    '',
    row(HEAD),
    row(HEAD.map(() => '---')),
    ...results.flatMap((result) => rowsOf(result).map(row)),
    '',
    '## How each was measured',
    '',
    ...results.flatMap(({ name, how, figures }) => [`- **${name}**: ${how}`, ...notes(figures)]),
  ]
  return `${lines.join('\n')}\n`
}

const notes = (figures: readonly Figure[]) => figures.flatMap(({ what, note, or }) => [...(note === undefined ? [] : [`  - ${what}: ${note}`]), ...(or?.note === undefined ? [] : [`  - ${or.what}: ${or.note}`])])
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

export function rowsOf({ name, figures, skipped, failed }: BenchResult): string[][] {
  if (failed !== undefined) return [[name, 'could not be measured', '', '', '', 'failed']]
  if (skipped !== undefined) return [[name, skipped, '', '', '', 'skipped'], ...figures.map((figure) => figureRow(name, figure))]
  return figures.flatMap((figure) => [figureRow(name, figure), ...(figure.or ? [figureRow(name, { ...figure.or, what: `… or ${figure.or.what}` })] : [])])
}

function figureRow(name: string, figure: Figure): string[] {
  const ratio = ratioOf(figure)
  return [name, figure.what, `${number(figure.value)} ${figure.unit}`, figure.target ? targetText(figure.target, figure.unit) : '', ratio === undefined ? '' : `${number(ratio)}×`, verdictOf(figure)]
}

const targetText = (target: Target, unit: string) => ('atMost' in target ? `≤ ${number(target.atMost)} ${unit}` : `≥ ${number(target.atLeast)} ${unit}`)

/** Three significant digits are more than these measurements hold. */
const number = (value: number) => (Number.isInteger(value) ? value : Number(value.toPrecision(3))).toLocaleString('en-US', { maximumSignificantDigits: Number.isInteger(value) ? 21 : 3 })
