// bench/src/figure.ts: a measured figure, the target it is held to, and whether it meets it.

/** In the figure's own unit. */
export type Target = { readonly atMost: number } | { readonly atLeast: number }

export interface Figure {
  /** What was measured, as a reader of the table understands it. */
  readonly what: string
  readonly value: number
  /** `s`, `MB`, `messages/s`, `%`, `×` … */
  readonly unit: string
  /** Undefined: for information. */
  readonly target?: Target
  /** Another way to meet the target. */
  readonly or?: Omit<Figure, 'or'>
  /** How it was measured, where the name does not say it. */
  readonly note?: string
}

export type Verdict = 'met' | 'missed' | 'no target'

export function verdictOf({ value, target, or }: Figure): Verdict {
  if (target === undefined) return 'no target'
  return meets(value, target) || (or !== undefined && verdictOf(or) === 'met') ? 'met' : 'missed'
}

/** How many times better than the target: 2 is half the time, or twice the rate. Undefined where a ratio says nothing (a target of 0). */
export function ratioOf({ value, target }: Figure): number | undefined {
  if (target === undefined) return undefined
  const ratio = 'atMost' in target ? target.atMost / value : value / target.atLeast
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined
}

/** NaN, of a measurement that failed, meets nothing. */
const meets = (value: number, target: Target) => ('atMost' in target ? value <= target.atMost : value >= target.atLeast)
