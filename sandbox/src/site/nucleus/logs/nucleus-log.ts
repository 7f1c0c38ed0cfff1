// sandbox/src/site/nucleus/logs/nucleus-log.ts: what the nucleus says, as lines of greengrass.log in the nucleus's own form, and to the site's log.
import type { Fields, Level, Log } from '@fleet/log'
import { openLogFile } from './log-file.ts'

export interface NucleusLog extends Log {
  readonly close: () => void
}

/**
 * `2026-11-21T03:37:17.123Z [INFO] (nucleus) Deployment: Started deployment execution. {deployment=…}`; first boot and the operator's
 * tools read these. A field that is an error is its own lines below, as Java prints a stack, so that «…Exception: why» ends a line.
 */
export function openNucleusLog({ folder, now, site }: { readonly folder: string; readonly now: () => Date; readonly site: Log }): NucleusLog {
  const file = openLogFile(folder, 'greengrass', now)
  const bind = (bound: Fields, below: Log): Log => {
    const speak = (level: Level) => (event: string, fields: Fields = {}) => {
      if (level !== 'debug') file.write(textLine({ at: now(), level, source: 'nucleus', event, fields: { ...bound, ...fields } }))
      below[level](event, fields)
    }
    return { debug: speak('debug'), info: speak('info'), warn: speak('warn'), error: speak('error'), with: (fields) => bind({ ...bound, ...fields }, below.with(fields)) }
  }
  return { ...bind({}, site), close: () => file.close() }
}

export interface LogEntry {
  readonly at: Date
  readonly level: Level
  readonly source: string
  readonly event: string
  readonly fields: Fields
}

export function textLine({ at, level, source, event, fields }: LogEntry): string {
  const errors = Object.values(fields).filter((value) => value instanceof Error)
  const pairs = Object.entries(fields).flatMap(([name, value]) => (value instanceof Error || value === undefined ? [] : [`${name}=${shown(value)}`]))
  const line = `${at.toISOString()} [${level.toUpperCase()}] (nucleus) ${source}: ${event}.${pairs.length > 0 ? ` {${pairs.join(', ')}}` : ''}`
  return [line, ...errors.flatMap(stackOf)].join('\n')
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function stackOf(error: Error): string[] {
  const lines: string[] = []
  for (let each: unknown = error; each instanceof Error && lines.length < 10; each = each.cause) lines.push(`${lines.length > 0 ? 'Caused by: ' : ''}${each.name}: ${codeOf(each)}${each.message}`)
  return lines
}

/** As AWS's common runtime does, Node's own errors begin with what they are known by: first boot tells a wrong clock from a network that is not there by it. */
const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' && error.name === 'Error' && !error.message.includes(error.code) ? `${error.code}: ` : '')
