// sandbox/src/cloud/iot-core/rules/parse-time.ts: `parse_time(pattern, milliseconds, timezone)`: writes a time as a Joda-Time pattern says.

/** @returns undefined for a time zone that is none, or a letter that is not offered */
export function parseTime(pattern: string, time: Date, timeZone: string): string | undefined {
  const fields = fieldsOf(time, timeZone)
  if (!fields) return undefined
  let written = ''
  for (const [part] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    const piece = /^[A-Za-z]/.test(part) ? WRITERS[part.slice(0, 1)]?.(fields, part.length) : literal(part)
    if (piece === undefined) return undefined
    written += piece
  }
  return written
}

/** Text in quotes; two quotes are one. */
const literal = (part: string): string => (part === "''" ? "'" : part.startsWith("'") ? part.slice(1, -1).replaceAll("''", "'") : part)

interface Fields {
  readonly time: Date
  readonly timeZone: string
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  /** Minutes east of Greenwich. */
  readonly offset: number
}

function fieldsOf(time: Date, timeZone: string): Fields | undefined {
  if (Number.isNaN(time.getTime())) return undefined
  const format = formatOf(timeZone)
  if (!format) return undefined
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const [year, month, day, hour, minute, second] = [part('year'), part('month'), part('day'), part('hour'), part('minute'), part('second')]
  const wholeSeconds = Math.floor(time.getTime() / 1000) * 1000
  const offset = (Date.UTC(year, month - 1, day, hour, minute, second) - wholeSeconds) / 60_000
  return { time, timeZone, year, month, day, hour, minute, second, millisecond: time.getTime() - wholeSeconds, offset }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type Writer = (fields: Fields, count: number) => string

const number = (value: (fields: Fields) => number): Writer => (fields, count) => String(value(fields)).padStart(count, '0')
const yearOf: Writer = ({ year }, count) => (count === 2 ? String(year % 100).padStart(2, '0') : String(year).padStart(count, '0'))
const named = (fields: Fields, options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: fields.timeZone, ...options }).formatToParts(fields.time).find((part) => part.type === type)?.value ?? ''

const dayOfYear = ({ year, month, day }: Fields) => Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1
const dayOfWeek = ({ year, month, day }: Fields) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7

/** Joda-Time, «DateTimeFormat»: letters by meaning; the count is the least number of digits, for names 4 or more mean the full one. */
const WRITERS: Readonly<Record<string, Writer>> = {
  G: () => 'AD',
  y: yearOf,
  Y: yearOf,
  M: (fields, count) => (count < 3 ? number(({ month }) => month)(fields, count) : named(fields, { month: count === 3 ? 'short' : 'long' }, 'month')),
  d: number(({ day }) => day),
  D: number(dayOfYear),
  e: number(dayOfWeek),
  E: (fields, count) => named(fields, { weekday: count < 4 ? 'short' : 'long' }, 'weekday'),
  a: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  H: number(({ hour }) => hour),
  k: number(({ hour }) => hour || 24),
  K: number(({ hour }) => hour % 12),
  h: number(({ hour }) => hour % 12 || 12),
  m: number(({ minute }) => minute),
  s: number(({ second }) => second),
  S: ({ millisecond }, count) => String(millisecond).padStart(3, '0').padEnd(count, '0').slice(0, count),
  z: (fields, count) => named(fields, { timeZoneName: count < 4 ? 'short' : 'long' }, 'timeZoneName'),
  Z: ({ offset, timeZone }, count) => (count > 2 ? timeZone : offsetText(offset, count === 2 ? ':' : '')),
}

function offsetText(offset: number, separator: string): string {
  const minutes = Math.abs(offset)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`
}
