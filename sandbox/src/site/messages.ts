// sandbox/src/site/messages.ts: what the process of a simulated Pi and its parent say to each other, over Node's IPC channel.
import type { Seen } from './board/light.ts'
import type { Distribution } from './java-nucleus/distribution.ts'

/** Given to the process when it is switched on, as JSON in its first argument. */
export interface PowerOn {
  /** The SD card: an absolute path of this machine. */
  readonly card: string
  /** First boot's waits; absent ones are those of a real Pi (os-image/first-boot/environment.sh). */
  readonly patience: Patience
  /** Faults that were there before the power came on. */
  readonly networkIsCut: boolean
  readonly clockSkewMs: number
  /** Where the Pi's `host:port` is in truth: for a cloud whose ports have changed since the card was flashed. */
  readonly routes: Readonly<Record<string, string>>
  /** The real Greengrass nucleus, to be run instead of the simulated one. */
  readonly distribution?: Distribution
}

/** Milliseconds. */
export interface Patience {
  readonly firstMs?: number
  readonly mostMs?: number
  readonly offlineMostMs?: number
  readonly attemptMs?: number
  readonly pollMs?: number
  /** A new certificate is tried for so long. */
  readonly trialMs?: number
}

export type Command =
  | { readonly ask: 'press' }
  | { readonly ask: 'cut-network' }
  | { readonly ask: 'restore-network' }
  | { readonly ask: 'skew-clock'; readonly skewMs: number }
  | { readonly ask: 'shut-down' }

/** Parent to Pi; each is answered by `done` or `failed` with the same id. */
export type ToPi = Command & { readonly id: number }

export type FromPi =
  | { readonly tell: 'done'; readonly id: number }
  | { readonly tell: 'failed'; readonly id: number; readonly why: string }
  | { readonly tell: 'stand'; readonly stand: Stand }
  /** The process ends and wants to be started again. */
  | { readonly tell: 'rebooting' }

/**
 * `booting` to `joined` are first boot's own words (os-image/first-boot: `status`); `off` is said by the parent alone.
 * `joined`: first boot is over, now or at an earlier start.
 */
export const PI_STATES = ['off', 'booting', 'needs-help', 'joining', 'refused', 'busy', 'offline', 'failed', 'proving', 'joined'] as const
export type PiState = (typeof PI_STATES)[number]

/** How a Pi stands, as seen from outside and by its own word. */
export interface Stand {
  readonly state: PiState
  /** One line for a person: what happened, and what to do. */
  readonly what: string
  /** The nucleus has its MQTT connection. */
  readonly connected: boolean
  /** The LED as an eye sees it. */
  readonly light: Seen
  readonly button: { readonly presses: number }
  readonly components: readonly ComponentStand[]
}

export interface ComponentStand {
  readonly name: string
  readonly version: string
  /** Greengrass's own word: RUNNING, BROKEN … */
  readonly state: string
}

export const SWITCHED_OFF: Stand = { state: 'off', what: 'switched off', connected: false, light: { light: 'dark' }, button: { presses: 0 }, components: [] }
