// sandbox/src/site/board/light.ts: what an eye sees of an LED, told from the edges on its pin.
import type { Level } from './lines.ts'

/** `frequencyHz` only while it blinks. */
export type Seen = { readonly light: 'dark' | 'lit' } | { readonly light: 'blinking'; readonly frequencyHz: number }

export interface Light {
  edge(level: Level, atMs: number): void
  seen(nowMs: number): Seen
}

const REMEMBERED_MS = 1000 // average over this long, but over one period at least
const LATE = 1.5 // so many half periods without an edge: it has stopped
const LONGEST_HALF_PERIOD_MS = 5000 // 0.1 Hz

export function light(): Light {
  let level: Level = 0
  let edges: number[] = []
  return {
    edge(to, atMs) {
      level = to
      const last = edges.at(-1)
      if (last !== undefined && atMs - last > LONGEST_HALF_PERIOD_MS * LATE) edges = []
      edges.push(atMs)
      while (edges.length > 3 && (edges[1] ?? atMs) < atMs - REMEMBERED_MS) edges.shift()
    },
    seen(nowMs) {
      const [first, last] = [edges[0], edges.at(-1)]
      const steady: Seen = { light: level === 1 ? 'lit' : 'dark' }
      if (first === undefined || last === undefined || edges.length < 3) return steady
      const halfPeriodMs = (last - first) / (edges.length - 1)
      if (nowMs - last > halfPeriodMs * LATE + 20) return forget(steady) // 20 ms: a busy machine's delay
      return { light: 'blinking', frequencyHz: 500 / halfPeriodMs }
    },
  }
  function forget(steady: Seen): Seen {
    edges = []
    return steady
  }
}

/** Whether these look different: the frequency by more than a twentieth. */
export function looksDifferent(a: Seen, b: Seen): boolean {
  if (a.light !== 'blinking' || b.light !== 'blinking') return a.light !== b.light
  return Math.abs(a.frequencyHz - b.frequencyHz) > 0.05 * a.frequencyHz
}
