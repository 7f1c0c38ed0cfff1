// ops/src/shell/table.ts: rows as columns of text that line up.
import { stripVTControlCharacters } from 'node:util'
import type { Paint } from './paint.ts'

/** The last column is as long as it wants; empty columns are left out. Cells may be painted. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const shown = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''))
  const width = (column: number) => Math.max(...[head, ...rows].map((row) => lengthOf(row[column] ?? '')))
  const widths = head.map((_, column) => width(column))
  const line = (row: readonly string[]) =>
    row
      .flatMap((cell, column) => (shown[column] === true ? [cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell))] : []))
      .join('  ')
      .trimEnd()
  return [paint('dim', line(head)), ...rows.map(line)].join('\n')
}

const lengthOf = (text: string) => stripVTControlCharacters(text).length

/** What devices say, without the characters by which text can command a terminal (C0 and C1, but tab). */
export const printable = (text: string): string => text.replace(/[^\P{Cc}\t]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
