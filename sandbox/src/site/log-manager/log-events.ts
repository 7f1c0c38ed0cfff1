// sandbox/src/site/log-manager/log-events.ts: makes log events of the bytes of a log file, within the limits of PutLogEvents.
import { LEVELS, type LogSource } from './settings.ts'

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly message: string
}

/** Events of one call, and where in the file they end. */
export interface Batch {
  /** UTC date of the events, `2026/11/21`: part of the stream's name. */
  readonly date: string
  readonly events: readonly LogEvent[]
  /** Bytes of the file that are done with these events, counted from the start of what was read. */
  readonly bytes: number
}

// API_PutLogEvents: a batch has at most 1,048,576 bytes, with 26 for each event, and 10,000 events, within 24 hours.
const MOST_BATCH_BYTES = 1_048_576
const EVENT_OVERHEAD_BYTES = 26
const MOST_EVENT_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES
const MOST_EVENTS = 10_000
const DAY_MS = 86_400_000
const TOO_OLD_MS = 14 * DAY_MS

/**
 * The next batch of `bytes`, whose last line may be unfinished: that waits for the next time, as does the rest of another day.
 * undefined when there is no whole line.
 */
export function nextBatch(bytes: Buffer, { start, least }: Pick<LogSource, 'start' | 'least'>, now: Date): Batch | undefined {
  const events: LogEvent[] = []
  let size = 0
  let done = 0
  let date: string | undefined
  for (const { text, end } of entries(bytes, start)) {
    const timestamp = timeOf(text) ?? now.getTime()
    const day = new Date(timestamp).toISOString().slice(0, 10).replaceAll('-', '/')
    const isWanted = levelOf(text) >= LEVELS.indexOf(least) && timestamp > now.getTime() - TOO_OLD_MS && text !== ''
    const parts = isWanted ? split(text) : []
    const partsSize = parts.reduce((sum, part) => sum + Buffer.byteLength(part) + EVENT_OVERHEAD_BYTES, 0)
    const isFull = events.length + parts.length > MOST_EVENTS || size + partsSize > MOST_BATCH_BYTES
    if (parts.length > 0 && events.length > 0 && (isFull || day !== date)) break
    if (parts.length > 0) date = day
    events.push(...parts.map((message) => ({ timestamp, message })))
    size += partsSize
    done = end
  }
  if (done === 0) return undefined
  return { date: date ?? '', events: events.sort((a, b) => a.timestamp - b.timestamp), bytes: done }
}

/** Whole entries with the offset at which each ends. */
function* entries(bytes: Buffer, start: RegExp): Generator<{ text: string; end: number }> {
  let begin = 0
  let from = 0
  for (let feed = bytes.indexOf(10, from); feed >= 0; feed = bytes.indexOf(10, from)) {
    if (from > begin && start.test(bytes.toString('utf8', from, feed))) {
      yield { text: bytes.toString('utf8', begin, from).trimEnd(), end: from }
      begin = from
    }
    from = feed + 1
  }
  if (from > begin) yield { text: bytes.toString('utf8', begin, from).trimEnd(), end: from }
}

/** The time that a line begins with, or the `time` or `timestamp` of a JSON line. */
function timeOf(text: string): number | undefined {
  const [, written] = /^[[(]?(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))/.exec(text) ?? []
  if (written !== undefined) return valid(Date.parse(written))
  const { time, timestamp } = json(text)
  return typeof timestamp === 'number' ? timestamp : typeof time === 'string' ? valid(Date.parse(time)) : undefined
}

const valid = (time: number) => (Number.isNaN(time) ? undefined : time)

/** Only JSON lines say their level in a way that the log manager reads; of others nothing is left out. */
function levelOf(text: string): number {
  const { level } = json(text)
  const known = typeof level === 'string' ? LEVELS.findIndex((name) => name === level.toUpperCase()) : -1
  return known < 0 ? LEVELS.length : known
}

function json(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith('{')) return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {} // an object, looked at member by member
  } catch {
    return {} // not JSON after all
  }
}

/** CloudWatch takes an event of 256 KiB at most. */
function split(text: string): string[] {
  if (Buffer.byteLength(text) <= MOST_EVENT_BYTES) return [text]
  const bytes = Buffer.from(text)
  const parts: string[] = []
  for (let from = 0; from < bytes.length; from += MOST_EVENT_BYTES) parts.push(bytes.toString('utf8', from, from + MOST_EVENT_BYTES))
  return parts
}
