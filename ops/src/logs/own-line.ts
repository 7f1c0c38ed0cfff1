// ops/src/logs/own-line.ts: finds in a line of a component's log what @fleet/log has written: event and fields.
export interface OwnLine {
  readonly level: string
  readonly event: string
  readonly rest: Readonly<Record<string, unknown>>
}

/** The nucleus has put words of its own around it. Undefined for whatever else a component has printed. */
export function ownLine(message: string): OwnLine | undefined {
  const start = message.indexOf('{"time":')
  if (start < 0) return undefined
  for (let end = message.indexOf('}', start); end >= 0; end = message.indexOf('}', end + 1)) {
    const { time: _time, source: _source, level, event, ...rest } = objectIn(message.slice(start, end + 1))
    if (typeof level === 'string' && typeof event === 'string') return { level, event, rest }
  }
  return undefined
}

export const fieldsInWords = ({ event, rest }: OwnLine): string => [event, ...Object.entries(rest).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)].join(' ')

/** The nucleus begins each line with its time, which stands there already. */
export const withoutTime = (message: string, time: string): string => (message.startsWith(`${time} `) ? message.slice(time.length + 1) : message)

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown> // an object, since it begins with {
  } catch {
    return {} // not its end yet
  }
}
