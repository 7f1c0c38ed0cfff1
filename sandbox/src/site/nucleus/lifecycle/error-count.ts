// sandbox/src/site/nucleus/lifecycle/error-count.ts: three errors in a row in one state break a service.
import type { State } from './state.ts'

const MOST_ERRORS = 3
const COUNTED: ReadonlySet<State> = new Set(['NEW', 'STARTING', 'RUNNING'])

export interface ErrorCount {
  /** A report in this state; answers whether it breaks the service. A report that is no error forgets the errors of that state. */
  readonly reported: (inState: State, isError: boolean) => boolean
  readonly clear: () => void
}

/** @param resetMs errors farther apart are not «in a row»: `errorResetTime`, an hour by default */
export function errorCount(now: () => number, resetMs: () => number): ErrorCount {
  const errors = new Map<State, number[]>()
  return {
    reported(inState, isError) {
      if (!isError || !COUNTED.has(inState)) {
        errors.delete(inState)
        return false
      }
      const earlier = errors.get(inState) ?? []
      const isLongAgo = now() - (earlier.at(-1) ?? now()) >= resetMs()
      const all = [...(isLongAgo ? [] : earlier), now()]
      errors.set(inState, all)
      return all.length >= MOST_ERRORS
    },
    clear: () => errors.clear(),
  }
}
