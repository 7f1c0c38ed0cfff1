// sandbox/src/site/nucleus/lifecycle/machine.ts: what the handlers of the states see of a service's lifecycle.
import type { Log } from '@fleet/log'
import type { BackingTask } from './backing-task.ts'
import type { State } from './state.ts'
import type { StatusCode, StatusDetails } from './status-code.ts'

/** What a service does in its states; each may report to the lifecycle meanwhile. `signal` aborts when it is no longer wanted. */
export interface ServiceActions {
  readonly install: (signal: AbortSignal) => Promise<void>
  readonly startup: (signal: AbortSignal) => Promise<void>
  readonly shutdown: (signal: AbortSignal) => Promise<void>
  readonly uninstall: (signal: AbortSignal) => Promise<void>
  /** After each error, before the next try. */
  readonly recover: () => Promise<void>
  readonly dependenciesReady: () => boolean
  readonly whenDependenciesReady: (signal: AbortSignal) => Promise<void>
  readonly timeoutMs: (step: 'install' | 'startup' | 'shutdown' | 'uninstall') => number
  readonly errorResetMs: () => number
}

export type LifecycleEvent = { readonly kind: 'transition'; readonly to: State; readonly details: StatusDetails } | { readonly kind: 'desired-states-changed' }

/** Whether this event, which changed no state, is a reason to handle the state again. */
export type EndsWait = (event: LifecycleEvent) => boolean

export interface Failure {
  readonly code?: StatusCode
  readonly exitCode?: number
  readonly reason?: string
  readonly error?: unknown
}

export interface Machine {
  readonly actions: ServiceActions
  readonly log: Log
  readonly state: State
  readonly lastReported: State
  readonly backing: BackingTask
  readonly isClosed: boolean
  readonly uninstallRequested: boolean
  /** Counts the times that it was in NEW or STARTING: what was begun in an earlier one says nothing about this one. */
  readonly generation: number
  readonly beginGeneration: () => number
  readonly takeFirstDesired: (active: State) => State | undefined
  readonly requestStart: () => void
  readonly move: (to: State) => void
  readonly errored: (failure: Failure) => void
  readonly setFailedInStartup: (failed: boolean) => void
  readonly clearErrors: () => void
}
