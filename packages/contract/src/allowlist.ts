// packages/contract/src/allowlist.ts: the format of allowlist.txt: read it, and say exactly what is wrong with a bad line.
import { FleetError } from './errors.ts'
import { isSerialNumber, type SerialNumber } from './serial-number.ts'
import { serialIndex } from './serial-index.ts'

/** The serial numbers that may join, in the order of the file. */
export interface Allowlist {
  readonly serials: readonly SerialNumber[]
  has(serial: string): boolean
}

/** One thing that is wrong with the file; line and column count from 1. */
export interface AllowlistFault {
  readonly line: number
  readonly column: number
  readonly why: string
}

/**
 * Reads the text of an allowlist: one serial number a line, `#` begins a comment that goes to the end of the line. Blank lines,
 * CRLF, a byte order mark and upper case are fine. Everything else is refused as a whole, with every fault in the message.
 * No line becomes a string of its own: the admission hook reads a million of them at its cold start (0.4 s, with a Set 1.0 s).
 * @throws FleetError ALLOWLIST_MALFORMED
 */
export function parseAllowlist(text: string, file = 'allowlist.txt'): Allowlist {
  const index = serialIndex(text, countLines(text))
  const places: number[] = [] // start and end of each serial number, in turn
  const faults: AllowlistFault[] = []
  let line = 0
  for (let start = text.startsWith('\uFEFF') ? 1 : 0, end = 0; end < text.length; start = end + 1) {
    line++
    end = endOfLine(text, start)
    const [from, to] = wordIn(text, start, end)
    if (from === to) continue
    const earlier = isGrammatical(text, from, to) ? index.add(from, to) : undefined
    if (earlier === -1) places.push(from, to)
    else faults.push(fault({ text, line, column: from - start + 1, word: text.slice(from, to), earlier }))
  }
  if (faults.length > 0) throw malformed(file, faults)
  let serials: readonly SerialNumber[] | undefined
  return {
    get serials() {
      return (serials ??= serialsAt(text, places))
    },
    has: (serial) => index.has(serial),
  }
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end === -1 ? text.length : end
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Where the line's content stands, without comment and surrounding blanks. */
function wordIn(text: string, start: number, lineEnd: number): [from: number, to: number] {
  let to = start
  while (to < lineEnd && text.charCodeAt(to) !== 0x23 /* # */) to++
  let from = start
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return [from, to]
}

/** Space, tab, and the carriage return of a CRLF. */
const isBlank = (code: number) => code === 0x20 || code === 0x09 || code === 0x0d

/** What `isSerialNumber` says of the lower-case word (a test compares them), without making a string of it. */
function isGrammatical(text: string, from: number, to: number): boolean {
  if (to - from < 4 || to - from > 64 || text.charCodeAt(from) === 0x2d /* - */) return false
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    const isSerialCharacter = (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a && code < 0x80) || code === 0x2d
    if (!isSerialCharacter) return false
  }
  return true
}

function serialsAt(text: string, places: readonly number[]): SerialNumber[] {
  const serials: SerialNumber[] = []
  for (let at = 0; at < places.length; at += 2) {
    const serial = text.slice(places[at], places[at + 1]).toLowerCase()
    if (isSerialNumber(serial)) serials.push(serial)
  }
  return serials
}

interface BadLine {
  readonly text: string
  readonly line: number
  readonly column: number
  readonly word: string
  /** Where the same serial number stood before, for a repeated one. */
  readonly earlier: number | undefined
}

function fault({ text, line, column, word, earlier }: BadLine): AllowlistFault {
  if (earlier !== undefined) return { line, column, why: `${word.toLowerCase()} is already on line ${countLines(text.slice(0, earlier))}` }
  return { line, column: column + firstBadCharacter(word), why: explain(word) }
}

/** Offset of the first character that no serial number can have there; 0 when only the length is wrong. */
function firstBadCharacter(word: string): number {
  if (word.startsWith('-')) return 0
  return Math.max(0, word.search(/[^0-9a-z-]/i))
}

function explain(word: string): string {
  if (/\s/.test(word)) return `one serial number a line, found «${word}»`
  if (word.length < 4 || word.length > 64) return `«${word.slice(0, 70)}» has ${word.length} characters, a serial number has 4 to 64`
  return `«${word}» is not a serial number (0-9 a-z -, not beginning with -)`
}

function malformed(file: string, faults: readonly AllowlistFault[]): FleetError {
  const list = faults.map(({ line, column, why }) => `${file}:${line}:${column}: ${why}`)
  return new FleetError('ALLOWLIST_MALFORMED', list.join('\n'), `Correct ${faults.length === 1 ? 'this line' : 'these lines'} of ${file}; nothing was changed.`)
}
