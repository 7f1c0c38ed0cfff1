// console/src/pages/device/history-points.ts: what was reported as points of a chart: a value holds until the next, but not for ever.
export interface Known {
  /** ms since 1970. */
  readonly at: number
  readonly value: number
}

export interface Point {
  readonly at: number
  /** Null: nothing is known from here on. */
  readonly value: number | null
}

export interface Span {
  readonly from: number
  readonly to: number
  /** After so many ms without a word, what was last said is no longer true. */
  readonly holdsMs: number
}

/** @param known oldest first, also from before the span */
export function pointsOf(known: readonly Known[], { from, to, holdsMs }: Span): readonly Point[] {
  const points: Point[] = []
  for (const [index, { at, value }] of known.entries()) {
    const next = known[index + 1]?.at ?? Infinity
    const until = Math.min(next, at + holdsMs, to)
    if (until < from || at > to) continue
    points.push({ at: Math.max(at, from), value })
    if (until === next) continue
    if (until > Math.max(at, from)) points.push({ at: until, value })
    if (until < to) points.push({ at: until + 1, value: null })
  }
  return points
}

/** @returns the points that are later than what is stored: what has a number is known by it, since clocks differ */
export function later<Live extends Known & { readonly sequence: number | undefined }>(live: readonly Live[], last: { readonly at: number; readonly sequence: number } | undefined): readonly Live[] {
  if (last === undefined) return live
  return live.filter(({ at, sequence }) => (sequence === undefined ? at > last.at : sequence > last.sequence)).map((each) => ({ ...each, at: Math.max(each.at, last.at) }))
}
