// ops/src/logs/render.ts: a log line of a device: JSON lines as event and fields, others as they are.
import type { Paint, Style } from '../shell/paint.ts'
import { printable } from '../shell/table.ts'
import type { LogLine } from './read-logs.ts'

const LEVELS: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', debug: 'dim' }

export function renderLine({ time, source, message }: LogLine, paint: Paint): string {
  const head = `${paint('dim', time)} ${paint('cyan', source)}`
  const fields = ownLine(message)
  if (!fields) return `${head} ${withoutTime(message, time).trimEnd().split('\n').map(printable).join('\n    ')}`
  const { level, event, rest } = fields
  const more = Object.entries(rest).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const style = LEVELS[level]
  const text = printable([...(level === 'info' ? [] : [`${level}:`]), event, ...more].join(' '))
  return `${head} ${style ? paint(style, text) : text}`
}

/** The nucleus begins each line with its time, which stands there already. */
const withoutTime = (message: string, time: string): string => (message.startsWith(`${time} `) ? message.slice(time.length + 1) : message)

/** A line of @fleet/log, around which the nucleus has put words of its own in the component's log. */
function ownLine(message: string): { level: string; event: string; rest: Record<string, unknown> } | undefined {
  const start = message.indexOf('{"time":')
  if (start < 0) return undefined
  for (let end = message.indexOf('}', start); end >= 0; end = message.indexOf('}', end + 1)) {
    const { time: _time, source: _source, level, event, ...rest } = objectIn(message.slice(start, end + 1))
    if (typeof level === 'string' && typeof event === 'string') return { level, event, rest }
  }
  return undefined
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown> // an object, since it begins with {
  } catch {
    return {} // not its end yet
  }
}
