// packages/log/src/index.ts: one JSON line per event, with the same fields on device, in Lambda, in the operator's tool and in the sandbox.

export type Level = 'debug' | 'info' | 'warn' | 'error'
export type Fields = Readonly<Record<string, unknown>>

/** `info` tells the operator's story, `warn` asks someone to look, `error` comes once, where the work stops. */
export type Log = Readonly<Record<Level, (event: string, fields?: Fields) => void>> & {
  /** The same log with these fields in every line. */
  with(fields: Fields): Log
}

export interface LogOptions {
  /** Who speaks: `led`, `admission-hook`, `fleet` … */
  readonly source: string
  readonly write?: (line: string) => void
  readonly now?: () => Date
  readonly least?: Level
}

const ORDER: readonly Level[] = ['debug', 'info', 'warn', 'error']

/** A log that writes `{"time","level","source","event",…fields}` lines, by default to standard output. */
export function jsonLog({ source, write = (line) => process.stdout.write(`${line}\n`), now = () => new Date(), least = 'info' }: LogOptions): Log {
  const from = ORDER.indexOf(least)
  const speak = (level: Level, bound: Fields) => (event: string, fields?: Fields) => {
    if (ORDER.indexOf(level) < from) return
    write(JSON.stringify({ time: now().toISOString(), level, source, event, ...bound, ...fields }, describe))
  }
  const bind = (bound: Fields): Log => ({
    debug: speak('debug', bound),
    info: speak('info', bound),
    warn: speak('warn', bound),
    error: speak('error', bound),
    with: (fields) => bind({ ...bound, ...fields }),
  })
  return bind({})
}

/** Says nothing: for tests and for callers that were given no log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog }

/** Errors have no enumerable fields; keep what a reader needs and leave the stack to `cause` chains in debuggers. */
function describe(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, cause } = value
  const code = 'code' in value ? { code: value.code } : {}
  return { name, ...code, message, ...(cause === undefined ? {} : { cause }) }
}
