// e2e/soak/chance.ts: random numbers from a seed, so that a soak that failed can be repeated with the same faults.

export interface Chance {
  /** True once in `in` times, on average. */
  readonly once: (inTimes: number) => boolean
  /** A whole number from 0 to below `below`. */
  readonly below: (below: number) => number
}

/** Mulberry32: small, and good enough to choose faults. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { once: (inTimes) => next() * inTimes < 1, below: (below) => Math.floor(next() * below) }
}
