// packages/device-runtime/src/bell.ts: wakes a loop that has something to do; rung ten times while it is busy, it is woken once more.
import { abortable } from './abort.ts'

export interface Bell {
  ring(): void
  /** Resolves when it was rung since the last time; rejects with the signal's reason when that aborts. */
  rung(signal: AbortSignal): Promise<void>
}

export function bell(): Bell {
  let ringing = false
  let hear = () => {}
  const silence = () => void (hear = () => {})
  return {
    ring() {
      ringing = true
      hear()
    },
    async rung(signal) {
      signal.throwIfAborted()
      if (!ringing) await abortable<void>(signal, (resolve) => ((hear = resolve), silence))
      ringing = false
    },
  }
}
