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

export const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  'start-up': () => import('./start-up.ts'),
  twin: () => import('./twin.ts'),
  'simulated-pi': () => import('./pi/simulated-pi.ts'),
  'java-nucleus': () => import('./pi/java-nucleus.ts'),
  'light-pis': () => import('./light-pis.ts'),
  broker: () => import('./broker/broker.ts'),
  'rotation-pi': () => import('./rotation/rotation-pi.ts'),
  'rotation-fleet': () => import('./rotation/rotation-fleet.ts'),
  'rotation-rate': () => import('./rotation/rotation-rate.ts'),
  hook: () => import('./hook.ts'),
  allowlist: () => import('./allowlist.ts'),
  deploy: () => import('./deploy.ts'),
  rollout: () => import('./rollout.ts'),
  'led-blink': () => import('./led-blink/led-blink.ts'),
  cli: () => import('./cli.ts'),
  'control-plane': () => import('./control-plane/control-plane.ts'),
}
