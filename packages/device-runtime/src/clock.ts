// packages/device-runtime/src/clock.ts: the time of day for people, and a monotonic time for deadlines.
import { hrtime } from 'node:process'
import { setTimeout as timer } from 'node:timers/promises'

export interface Clock {
  /** UTC, may jump when the time server is heard. */
  now(): Date
  /** Milliseconds with fraction, since an unknown moment; never jumps. On Linux CLOCK_MONOTONIC, as in GPIO line events. */
  monotonicMs(): number
  /** Resolves at that monotonic time, at once if it is over; rejects with the signal's reason when it aborts. */
  sleepUntil(monotonicMs: number, signal: AbortSignal): Promise<void>
}

const TIMER_STEP_MS = 1 // Node's timers count whole milliseconds and fire up to one late
const LONGEST_TIMER_MS = 2 ** 31 - 1 // more overflows Node's timers, which then fire at once

export function systemClock(): Clock {
  const monotonicMs = () => Number(hrtime.bigint()) / 1e6
  return {
    now: () => new Date(),
    monotonicMs,
    async sleepUntil(deadlineMs, signal) {
      for (let left = deadlineMs - monotonicMs(); left > 2 * TIMER_STEP_MS; left = deadlineMs - monotonicMs()) {
        await interruptible(Math.min(Math.floor(left - TIMER_STEP_MS), LONGEST_TIMER_MS), signal)
      }
      signal.throwIfAborted()
      sleepBriefly(deadlineMs - monotonicMs())
    },
  }
}

/** As Clock.sleepUntil, for a duration. */
export const sleep = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> => clock.sleepUntil(clock.monotonicMs() + ms, signal)

/** node:timers rejects with an AbortError of its own; ours is the signal's reason, so that callers can tell whose abort it was. */
async function interruptible(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await timer(ms, undefined, { signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw cause
  }
}

const nobody = new Int32Array(new SharedArrayBuffer(4)) // a futex that nobody wakes

/** The last two milliseconds at most: blocks this thread without using the CPU, exact to some 0.1 ms, which a timer is not. */
function sleepBriefly(ms: number): void {
  if (ms > 0) Atomics.wait(nobody, 0, 0, ms)
}
