// sandbox/src/cloud/line-log.ts: the process log: one JSON line per event.
import type { CloudLog } from './log.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

export const isLevel = (text: string): text is Level => LEVELS.some((level) => level === text)

/** `{"time","level","source":"cloud","event",…}` for each event of this level or above. */
export function lineLog(write: (line: string) => void, least: Level): CloudLog {
  const at = (level: Level): CloudLog[Level] => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return () => undefined
    return (event, fields) => write(JSON.stringify({ time: new Date().toISOString(), level, source: 'cloud', event, ...fields }, describe))
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Errors have no enumerable fields. */
function describe(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  return { name: value.name, message: value.message, ...('code' in value ? { code: value.code } : {}), ...(value.cause === undefined ? {} : { cause: value.cause }) }
}
