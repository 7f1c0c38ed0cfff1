// console/src/live-counts.ts: counts what was heard since the page was opened, for charts: kept while one goes from page to page.
export interface Point {
  /** ms since 1970. */
  readonly at: number
  readonly value: number
}

const MINUTE_MS = 60_000
/** Two hours at a point every five seconds. */
const MOST_POINTS = 1440

/** How many in the minute before each look. */
export class Rate {
  #heard: number[] = []
  points: readonly Point[] = []

  count(at = Date.now()): void {
    this.#heard.push(at)
  }

  look(now = Date.now()): readonly Point[] {
    this.#heard = this.#heard.filter((at) => at > now - MINUTE_MS)
    return (this.points = [...this.points, { at: now, value: this.#heard.length }].slice(-MOST_POINTS))
  }
}

/** A value at each look. */
export class Level {
  points: readonly Point[] = []

  look(value: number, now = Date.now()): readonly Point[] {
    return (this.points = [...this.points, { at: now, value }].slice(-MOST_POINTS))
  }
}
