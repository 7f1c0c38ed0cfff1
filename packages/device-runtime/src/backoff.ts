// packages/device-runtime/src/backoff.ts: how long to wait before the next try: doubling, bounded, with jitter.
export interface Backoff {
  /** Milliseconds to wait before the next try. */
  next(): number
  /** Something worked: begin again with short waits. */
  reset(): void
}

export interface BackoffOptions {
  readonly firstMs: number
  readonly mostMs: number
  readonly random?: () => number
}

/**
 * Half of each wait is fixed and half is random, so that a fleet that lost its cloud at one moment does not return at one moment,
 * and no device hammers (AWS Architecture Blog, «Exponential Backoff And Jitter»: equal jitter).
 */
export function backoff({ firstMs, mostMs, random = Math.random }: BackoffOptions): Backoff {
  let waitMs = firstMs
  return {
    next() {
      const thisMs = waitMs
      waitMs = Math.min(waitMs * 2, mostMs)
      return thisMs / 2 + (random() * thisMs) / 2
    },
    reset() {
      waitMs = firstMs
    },
  }
}
