// bench/src/bench.ts: what a bench is: it measures, tells how far it is, and answers figures.
import type { Figure } from './figure.ts'

export interface Bench {
  /** One sentence for the table: what is done, and how often. */
  readonly how: string
  /** Runs in a process of its own, whose temporary folder is removed after it. */
  run(tell: Tell): Promise<Outcome>
}

/** One line that replaces the last one. */
export type Tell = (doing: string) => void

export interface Outcome {
  readonly figures: readonly Figure[]
  /** Why it could not measure here: something that it needs is not on this machine. */
  readonly skipped?: string
}
