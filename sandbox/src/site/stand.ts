// sandbox/src/site/stand.ts: how a Pi stands, told to its parent when it changes, and not more often than a person can read.
import { SWITCHED_OFF, type Stand } from './messages.ts'

export interface StandTeller {
  readonly now: Stand
  change(part: Partial<Stand>): void
  /** Tells what is untold. */
  flush(): void
}

const TOGETHER_MS = 50 // changes of one moment go in one message

export function standTeller(tell: (stand: Stand) => void): StandTeller {
  let now: Stand = { ...SWITCHED_OFF, state: 'booting', what: 'switched on' }
  let told = ''
  let pending: NodeJS.Timeout | undefined
  const flush = () => {
    if (pending === undefined) return
    clearTimeout(pending)
    pending = undefined
    const text = JSON.stringify(now)
    if (text !== told) tell(now)
    told = text
  }
  return {
    get now() {
      return now
    },
    change(part) {
      now = { ...now, ...part }
      pending ??= setTimeout(flush, TOGETHER_MS)
    },
    flush,
  }
}
