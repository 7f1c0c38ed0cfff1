// sandbox/src/story/warnings.ts: which warnings a person is told: each once in a while, and never so many that they drown the rest.
const AGAIN_MS = 300_000 // what goes on for so long is worth a second line
const WINDOW_MS = 60_000
const MOST = 5 // in a window

export interface Warnings {
  /** Whether this one is told now. */
  isTold(warning: string, nowMs: number): boolean
  /** Different ones that were not told because there were too many. */
  readonly untold: number
}

export function warnings(): Warnings {
  /** When each came last; those of long ago are forgotten. */
  const lastAt = new Map<string, number>()
  let told: readonly number[] = []
  let untold = 0
  return {
    isTold(warning, nowMs) {
      for (const [text, atMs] of lastAt) if (nowMs - atMs >= AGAIN_MS) lastAt.delete(text)
      if (lastAt.has(warning)) return false
      lastAt.set(warning, nowMs)
      told = told.filter((atMs) => nowMs - atMs < WINDOW_MS)
      if (told.length >= MOST) return untold++, false
      told = [...told, nowMs]
      return true
    },
    get untold() {
      return untold
    },
  }
}
