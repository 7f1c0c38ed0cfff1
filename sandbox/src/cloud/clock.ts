// sandbox/src/cloud/clock.ts: the cloud's own time, which an operator of the sandbox can move ahead.
import type { Store } from './store/store.ts'

export interface Clock {
  now(): Date
  /** Moves the clock by this much, for good (kept over restarts). Milliseconds, may be negative. */
  advance(byMs: number): void
}

/**
 * This machine's time, which nobody moves: for what two programs of this machine compare with each other, signatures, sessions and
 * links (docs/decisions/0012-the-clock-of-the-twin.md).
 */
export const machineTime: Clock = {
  now: () => new Date(),
  advance() {
    throw new Error("this machine's time is not the cloud's to move")
  },
}

export function cloudClock(store: Store): Clock {
  const table = store.table<number>('clock')
  let offsetMs = table.get('offsetMs') ?? 0
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance(byMs) {
      offsetMs += byMs
      table.put('offsetMs', offsetMs)
    },
  }
}
