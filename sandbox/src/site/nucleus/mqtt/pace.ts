// sandbox/src/site/nucleus/mqtt/pace.ts: no more than AWS IoT takes of one connection: 100 publishes and 512 KiB a second.

export interface Pace {
  /** How long to wait before the next message may go. */
  readonly waitMs: () => number
  /** A message of so many bytes goes now; what it is too large by, the next one waits for. */
  readonly take: (bytes: number) => void
}

const PUBLISHES_PER_SECOND = 100
const BYTES_PER_SECOND = 512 * 1024

export function publishPace(nowMs: () => number = () => performance.now()): Pace {
  const limits = [bucket(PUBLISHES_PER_SECOND, nowMs), bucket(BYTES_PER_SECOND, nowMs)] as const
  return {
    waitMs: () => Math.max(...limits.map(({ waitMs }) => waitMs())),
    take(bytes) {
      limits[0].take(1)
      limits[1].take(bytes)
    },
  }
}

/** Holds what was not used for a second at most. */
function bucket(perSecond: number, nowMs: () => number) {
  let held = perSecond
  let freeAt = nowMs()
  return {
    waitMs: () => Math.max(0, freeAt - nowMs()),
    take(amount: number) {
      const now = nowMs()
      if (now > freeAt) {
        held = Math.min(perSecond, held + ((now - freeAt) / 1000) * perSecond)
        freeAt = now
      }
      const fromHeld = Math.min(held, amount)
      held -= fromHeld
      freeAt += ((amount - fromHeld) / perSecond) * 1000
    },
  }
}
