// sandbox/src/site/nucleus/lifecycle/desired-states.ts: the way that a service shall go: to start is [RUNNING], to reinstall [NEW, RUNNING].
import type { State } from './state.ts'

export interface DesiredStates {
  /** The first one that is not yet reached in `active`, which is taken off when it is. */
  readonly next: (active: State) => State | undefined
  /** The first one, taken off when it is `active`. */
  readonly takeFirst: (active: State) => State | undefined
  /** Whether nothing is wanted but `active`. */
  readonly isReached: (active: State) => boolean
  readonly start: () => void
  readonly reinstall: () => void
  /** Answers whether it will happen: a service that was never started is not restarted. */
  readonly restart: (active: State) => boolean
  readonly stop: (andUninstall: boolean) => void
  readonly uninstall: (active: State) => void
}

export function desiredStates(onNew: () => void): DesiredStates {
  let wanted: State[] = []
  const set = (...states: State[]) => {
    if (states.length === wanted.length && states.every((state, index) => state === wanted[index])) return
    wanted = states
    onNew()
  }
  /** A wanted reinstallation is kept; only what comes after it changes. */
  const afterReinstallation = (otherwise: readonly State[], then: State) => {
    const at = wanted.indexOf('NEW')
    if (at === -1) set(...otherwise)
    else wanted = [...wanted.slice(0, at + 1), then]
  }
  return {
    next(active) {
      while (wanted[0] === active) wanted.shift()
      return wanted[0]
    },
    takeFirst(active) {
      const first = wanted[0]
      if (first === active) wanted.shift()
      return first
    },
    isReached: (active) => wanted.every((state) => state === active),
    start() {
      const last = wanted.at(-1)
      if (last === undefined || (last === 'FINISHED' && wanted.length === 1)) set('RUNNING')
      else if (last === 'FINISHED') wanted = [...wanted.slice(0, -1), 'RUNNING']
      else if (last !== 'RUNNING') wanted = [...wanted, 'RUNNING']
    },
    reinstall: () => set('NEW', 'RUNNING'),
    restart(active) {
      if (wanted.length === 0 && active === 'NEW') return false
      afterReinstallation(['INSTALLED', 'RUNNING'], 'RUNNING')
      return true
    },
    stop(andUninstall) {
      afterReinstallation(['FINISHED'], 'FINISHED')
      if (andUninstall) wanted = [...wanted, 'UNINSTALLED']
    },
    uninstall(active) {
      if (active === 'BROKEN') set('UNINSTALLED')
      else set('FINISHED', 'UNINSTALLED')
    },
  }
}
