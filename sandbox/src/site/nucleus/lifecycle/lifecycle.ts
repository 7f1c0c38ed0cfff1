// sandbox/src/site/nucleus/lifecycle/lifecycle.ts: moves one service through its states, one after another, towards the desired ones.
import type { Log } from '@fleet/log'
import { backingTask } from './backing-task.ts'
import { desiredStates } from './desired-states.ts'
import { errorCount } from './error-count.ts'
import type { EndsWait, Failure, LifecycleEvent, Machine, ServiceActions } from './machine.ts'
import { isClosable, mayReport, type State } from './state.ts'
import { defaultErrorCode, statusDetails, type StatusCode, type StatusDetails } from './status-code.ts'
import { HANDLERS } from './transitions.ts'

export interface Lifecycle {
  readonly state: State
  /** When it came into this state, in milliseconds. */
  readonly changedAt: number
  readonly details: StatusDetails
  readonly generation: number
  /** It is stopping because its startup failed, so dependents must not take that for an orderly stop. */
  readonly failedInStartup: boolean
  /** Whether this is its state, or the one it will be in next. */
  readonly isOrWillBe: (state: State) => boolean
  readonly hasReachedDesired: () => boolean
  /** The service's own word: RUNNING, FINISHED or ERRORED, where its state allows it. */
  readonly report: (state: State, failure?: Failure) => void
  readonly errored: (failure: Failure) => void
  readonly requestStart: () => void
  readonly requestReinstall: () => void
  readonly requestRestart: () => boolean
  readonly requestStop: () => void
  readonly requestUninstall: () => void
  /** No start from now on; resolves when the service is at rest. */
  readonly close: () => Promise<void>
}

export interface LifecycleOptions {
  readonly actions: ServiceActions
  readonly log: Log
  readonly now: () => number
  readonly onChange: (from: State, to: State) => void
}

export function startLifecycle({ actions, log, now, onChange }: LifecycleOptions): Lifecycle {
  let state: State = 'NEW'
  let changedAt = now()
  let details = statusDetails('NONE')
  let lastReported: State = 'NEW'
  let generation = 0
  const flags = { isClosed: false, uninstallRequested: false, failedInStartup: false }
  const events: LifecycleEvent[] = []
  let wake = () => {}
  const enqueue = (event: LifecycleEvent) => {
    events.push(event)
    wake()
  }
  const desired = desiredStates(() => enqueue({ kind: 'desired-states-changed' }))
  const errors = errorCount(now, actions.errorResetMs)

  /** Reports and moves go one after the other through the queue; the third error in a row breaks the service. */
  function enter(to: State, why: StatusDetails): void {
    lastReported = to
    if (state === 'STARTING' && to === 'FINISHED') desired.stop(flags.uninstallRequested) // it has nothing to run
    const breaks = errors.reported(state, to === 'ERRORED')
    enqueue({ kind: 'transition', to: breaks ? 'BROKEN' : to, details: why })
  }
  function report(to: State, { code, exitCode }: Failure = {}): void {
    if (!mayReport(lastReported, to)) return log.warn('Invalid reported state', { newState: to, currentState: state })
    const codeOrDefault: StatusCode = code ?? (to === 'ERRORED' ? defaultErrorCode(lastReported) : 'NONE')
    enter(to, statusDetails(codeOrDefault, exitCode))
  }
  function errored(failure: Failure): void {
    log.error('service-errored', { currentState: state, ...(failure.code && { statusCode: failure.code }), ...(failure.exitCode !== undefined && { exitCode: failure.exitCode }), reason: failure.reason, error: failure.error })
    report('ERRORED', failure)
  }
  const machine: Machine = {
    ...{ actions, log, backing: backingTask(), errored },
    get state() { return state },
    get lastReported() { return lastReported },
    get isClosed() { return flags.isClosed },
    get uninstallRequested() { return flags.uninstallRequested },
    get generation() { return generation },
    beginGeneration: () => ++generation,
    takeFirstDesired: desired.takeFirst,
    requestStart: () => requestStart(),
    move: (to) => enter(to, statusDetails('NONE')),
    setFailedInStartup: (failed) => void (flags.failedInStartup = failed),
    clearErrors: errors.clear,
  }
  function requestStart(): void {
    flags.isClosed = false // it may be started again while it is closing
    desired.start()
  }

  async function nextEvent(): Promise<LifecycleEvent> {
    let event = events.shift()
    while (event?.kind === 'desired-states-changed' && events.length > 0) event = events.shift()
    if (event !== undefined) return event
    await new Promise<void>((resolve) => (wake = resolve))
    return nextEvent()
  }
  const isOver = () => (flags.uninstallRequested ? state === 'UNINSTALLED' : flags.isClosed && isClosable(state))

  async function handled(current: State, previous: State): Promise<EndsWait> {
    try {
      return await HANDLERS[current](machine, { desired: desired.next(current), previous })
    } catch (error) {
      errored({ error })
      return () => true
    }
  }
  async function run(): Promise<void> {
    let previous: State = state
    while (!isOver()) {
      const current = state
      const endsWait = await handled(current, previous)
      for (;;) {
        const event = await nextEvent()
        if (event.kind === 'transition' && event.to === current) continue
        const ends = endsWait(event)
        if (event.kind === 'transition') {
          previous = current
          change(event.to, event.details)
          break
        }
        if (ends) break
      }
    }
    running = undefined
  }
  function change(to: State, why: StatusDetails): void {
    const from = state
    state = to
    details = why
    changedAt = now()
    log.info('service-set-state', { currentState: from, newState: to })
    onChange(from, to)
  }

  let running: Promise<void> | undefined = run()
  const wakeUp = () => {
    running ??= run() // its loop may have ended before it was wanted again
  }
  return {
    get state() { return state },
    get changedAt() { return changedAt },
    get details() { return details },
    get generation() { return generation },
    get failedInStartup() { return flags.failedInStartup },
    isOrWillBe: (asked) => asked === state || asked === lastReported,
    hasReachedDesired: () => desired.isReached(state),
    report,
    errored,
    requestStart() {
      requestStart()
      wakeUp()
    },
    requestReinstall() {
      flags.isClosed = false
      flags.uninstallRequested = false
      desired.reinstall()
      wakeUp()
    },
    requestRestart: () => !flags.isClosed && desired.restart(state),
    requestStop: () => desired.stop(flags.uninstallRequested),
    requestUninstall() {
      flags.uninstallRequested = true
      desired.uninstall(state)
      wakeUp()
    },
    async close() {
      flags.isClosed = true
      desired.stop(flags.uninstallRequested)
      enqueue({ kind: 'desired-states-changed' }) // also when nothing else is wanted than before
      await running
    },
  }
}
