// sandbox/src/site/nucleus/options.ts: what a nucleus needs to start, and how it stands.
import type { Log } from '@fleet/log'
import type { NucleusHost, RunningNucleus } from '../nucleus-host.ts'
import type { Platform } from './components/platform.ts'
import type { State } from './lifecycle/state.ts'
import type { Timings } from './timing.ts'

export interface NucleusOptions extends NucleusHost {
  /** `os` and `architecture` as recipes name them; a Raspberry Pi with a 64-bit system unless said otherwise. */
  readonly platform?: Platform
  /** Hears all that goes to the nucleus's own log file. */
  readonly log?: Log
  readonly timings?: Partial<Timings>
}

export interface Nucleus extends RunningNucleus {
  /** '' before it is provisioned. */
  readonly thingName: string
  readonly isConnected: boolean
  /** undefined when there is no such component. */
  readonly state: (component: string) => State | undefined
  /** With what a real one would have exited, once `ended` has settled: 100 asks for a restart, 101 for a reboot. */
  readonly exitCode: number | undefined
}
