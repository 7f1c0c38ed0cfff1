// sandbox/src/story/text.ts: one line of a terminal: pieces with a colour each, cut off where the terminal ends.
import { styleText } from 'node:util'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export interface Piece {
  readonly text: string
  readonly colour?: Colour
}

export type Line = readonly Piece[]

export const plain = (text: string): Piece => ({ text })
export const coloured = (colour: Colour, text: string): Piece => ({ text, colour })

/** What a device or another program says may hold anything: nothing that moves the cursor or is wider than one column gets through. */
export const harmless = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u052f\u2010-\u2027\u2190-\u21ff\u2500-\u25ff\u2713-\u2718]/g, '?')

export const widthOf = (line: Line): number => line.reduce((width, { text }) => width + text.length, 0)

/** At most `columns` wide; what is cut off is marked. */
export function cut(line: Line, columns: number): Line {
  if (widthOf(line) <= columns) return line
  const kept: Piece[] = []
  let left = Math.max(0, columns - 1)
  for (const piece of line) {
    if (left <= 0) break
    kept.push({ ...piece, text: piece.text.slice(0, left) })
    left -= piece.text.length
  }
  return columns > 0 ? [...kept, plain('…')] : []
}

export type Paint = (line: Line) => string

export const painted: Paint = (line) => line.map(({ text, colour }) => (colour === undefined ? text : styleText(colour, text, { validateStream: false }))).join('')
export const unpainted: Paint = (line) => line.map(({ text }) => text).join('')

/** Breaks a long text at its spaces. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
