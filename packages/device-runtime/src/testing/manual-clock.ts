// packages/device-runtime/src/testing/manual-clock.ts: a clock that goes only when a test says so.
import { setImmediate } from 'node:timers/promises'
import { abortable } from '../abort.ts'
import type { Clock } from '../clock.ts'

interface Sleeper {
  readonly deadlineMs: number
  wake(): void
}

export interface ManualClock extends Clock {
  /** Moves time on, waking each sleeper at its own deadline and letting it work before the next. */
  advance(ms: number): Promise<void>
  /** How many wait for it: what works with real files meanwhile, waits for them. */
  waiting(): number
  /** Sets the time of day alone, as a time server does. */
  setNow(now: Date): void
}

export function manualClock(start = new Date('2026-11-21T07:00:00.000Z')): ManualClock {
  let monotonicMs = 1_000_000
  let offsetMs = start.getTime() - monotonicMs
  const sleepers = new Set<Sleeper>()
  const first = () => [...sleepers].sort((a, b) => a.deadlineMs - b.deadlineMs)[0]
  return {
    now: () => new Date(monotonicMs + offsetMs),
    monotonicMs: () => monotonicMs,
    sleepUntil: (deadlineMs, signal) => asleep(deadlineMs, signal, monotonicMs, sleepers),
    waiting: () => sleepers.size,
    setNow: (now) => void (offsetMs = now.getTime() - monotonicMs),
    async advance(ms) {
      const until = monotonicMs + ms
      await settled()
      for (let next = first(); next !== undefined && next.deadlineMs <= until; next = first()) {
        monotonicMs = Math.max(monotonicMs, next.deadlineMs)
        next.wake()
        await settled()
      }
      monotonicMs = until
      await settled()
    },
  }
}

async function asleep(deadlineMs: number, signal: AbortSignal, nowMs: number, sleepers: Set<Sleeper>): Promise<void> {
  signal.throwIfAborted()
  if (deadlineMs <= nowMs) return
  await abortable<void>(signal, (resolve) => {
    const sleeper: Sleeper = { deadlineMs, wake: resolve }
    sleepers.add(sleeper)
    return () => sleepers.delete(sleeper)
  })
}

const TURNS = 20 // enough for a chain of awaits and file writes between two deadlines

async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate()
}
