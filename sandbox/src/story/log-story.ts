// sandbox/src/story/log-story.ts: the story as log lines, for scripts and for the log file: one JSON line per event.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { jsonLog } from '@fleet/log'
import type { Story } from './story.ts'

export interface LogStoryOptions {
  readonly write: (line: string) => void
  /** Writes `ready {…JSON}` too, the one line that scripts wait for. */
  readonly announcesReady: boolean
}

export function logStory({ write, announcesReady }: LogStoryOptions): Story {
  const log = jsonLog({ source: 'sandbox', write })
  const told = new Map<string, string>()
  return {
    step({ title, state, note, tookMs }) {
      if (state === 'going') return
      const fields = { step: title, ...(note === '' ? {} : { note }) }
      if (state === 'started') log.info('step started', fields)
      else if (state === 'done') log.info('step done', { ...fields, tookMs: Math.round(tookMs) })
      else log.error('step failed', { ...fields, tookMs: Math.round(tookMs) })
    },
    pi(pi) {
      const line = standing(pi)
      const key = JSON.stringify(line)
      if (told.get(pi.serial) === key) return // only its light has changed
      told.set(pi.serial, key)
      log.info('pi', line)
    },
    line: (source, line) => write(attributed(source, line)),
    ready({ endpoints: { accountId, region, caFile, ...endpoints }, pis }) {
      if (announcesReady) write(`ready ${JSON.stringify({ endpoints, region, accountId, caFile, pis })}`)
      else log.info('ready', { accountId, region, ...endpoints })
    },
    failed: ({ code, message, remedy }) => log.error('the sandbox cannot run', { code, what: message, remedy }),
    ending: (why) => log.info('the sandbox ends', { why }),
    end() {},
  }
}

function standing({ serial, stand, power, networkIsCut, clockSkewMs, boardIsHot }: SandboxPi) {
  const { state, what, connected, button, components } = stand
  return { serial, power, state, what, connected, presses: button.presses, components: components.map(({ name, version, state }) => `${name} ${version} ${state}`), networkIsCut, clockSkewMs, boardIsHot }
}

/** A log line of another process with what only we know: whose it is. */
function attributed(source: Parameters<Story['line']>[0], line: string): string {
  const fields = jsonObject(line)
  return JSON.stringify(fields === undefined ? { time: new Date().toISOString(), level: 'warn', ...source, event: 'printed', line } : { ...fields, ...(source.serial === undefined ? {} : { serial: source.serial }) })
}

export function jsonObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown> // it begins with a brace
  } catch {
    return undefined
  }
}
