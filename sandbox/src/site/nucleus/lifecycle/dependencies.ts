// sandbox/src/site/nucleus/lifecycle/dependencies.ts: the services that one service needs: it waits for them, and starts again after one of them failed.
import type { DependencyType, Service } from './service.ts'
import type { State } from './state.ts'

export interface Dependencies {
  readonly all: ReadonlyMap<Service, DependencyType>
  /** Replaces those that the configuration has named; one that was added by the nucleus itself stays. Answers whether one is new. */
  readonly set: (wanted: ReadonlyMap<Service, DependencyType>) => boolean
  readonly add: (service: Service, type: DependencyType) => void
  readonly areReady: () => boolean
  readonly whenReady: (signal: AbortSignal) => Promise<void>
  /** To be told of every change of state; answers whether this dependency is in a bad state now. */
  readonly heard: (service: Service) => boolean
}

export function dependencies(): Dependencies {
  const all = new Map<Service, DependencyType>()
  const ownOnes = new Set<Service>()
  const waiting = new Set<() => void>()
  const areReady = () => [...all].every(([service, type]) => isReady(service, type))
  const look = () => {
    if (areReady()) for (const wake of [...waiting]) wake()
  }
  return {
    all,
    set(wanted) {
      const isNew = [...wanted.keys()].some((service) => !all.has(service))
      for (const service of [...all.keys()]) if (!wanted.has(service) && !ownOnes.has(service)) all.delete(service)
      for (const [service, type] of wanted) all.set(service, type)
      look()
      return isNew
    },
    add(service, type) {
      all.set(service, type)
      ownOnes.add(service)
    },
    areReady,
    async whenReady(signal) {
      while (!areReady()) await heardOrAborted(waiting, signal)
    },
    heard(service) {
      const type = all.get(service)
      const isBad = type !== undefined && !isReady(service, type)
      look()
      return isBad
    },
  }
}

const STARTED: ReadonlySet<State> = new Set(['RUNNING', 'FINISHED'])

/** A soft dependency may be in any state; a hard one has started, or is stopping in good order. */
function isReady({ lifecycle }: Service, type: DependencyType): boolean {
  return type === 'SOFT' || STARTED.has(lifecycle.state) || (lifecycle.state === 'STOPPING' && !lifecycle.failedInStartup)
}

function heardOrAborted(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      waiting.delete(wake)
      signal.removeEventListener('abort', onAbort)
    }
    const wake = () => (finish(), resolve())
    const onAbort = () => (finish(), reject(signal.reason as Error)) // what abort() was given: an Error throughout
    if (signal.aborted) return onAbort()
    waiting.add(wake)
    signal.addEventListener('abort', onAbort)
  })
}
