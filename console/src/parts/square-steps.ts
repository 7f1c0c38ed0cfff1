// console/src/parts/square-steps.ts: where the arrow keys lead in rows of squares.
export interface Squares {
  /** Undefined: none is chosen yet. */
  readonly from: number | undefined
  readonly columns: number
  readonly of: number
}

/** @returns the index of the next one; undefined when this key leads nowhere */
export function steppedTo(key: string, { from, columns, of }: Squares): number | undefined {
  const at = from ?? 0
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: of - 1 }[key]
  if (to === undefined || of === 0) return undefined
  return Math.min(Math.max(to, 0), of - 1)
}
