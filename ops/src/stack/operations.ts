// ops/src/stack/operations.ts: runs operations on resources, tells how they go, and remembers what failed.
import { CloudFailure } from './resource-provider.ts'
import type { Operation, ResourceName, StackProgress } from './stack-engine.ts'

export interface Failure extends ResourceName {
  readonly operation: Operation
  readonly code: string
  readonly message: string
  readonly error: unknown
}

export interface Operations {
  /** Runs `work` between a `started` and a `done` or `failed`; a failure is remembered, and thrown on. */
  run<T>(resource: ResourceName, operation: Operation, work: () => Promise<T>): Promise<T>
  readonly failures: readonly Failure[]
  /** Resolves at the first failure. */
  readonly failed: Promise<void>
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>
}

/** Operations at once: Cloud Control takes about ten requests a second (Service Quotas, «AWS Cloud Control API»). */
const AT_ONCE = 10

export function operations(onProgress: (progress: StackProgress) => void, now: () => number): Operations {
  const failures: Failure[] = []
  const underWay = new Set<Promise<unknown>>()
  const takeTurn = turns(AT_ONCE)
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>()
  const run = async <T>({ urn, type, name }: ResourceName, operation: Operation, work: () => Promise<T>): Promise<T> => {
    using _turn = await takeTurn()
    const started = now()
    onProgress({ urn, type, name, operation, state: 'started' })
    try {
      const result = await work()
      onProgress({ urn, type, name, operation, state: 'done', tookMs: now() - started })
      return result
    } catch (error) {
      const code = error instanceof CloudFailure ? error.code : 'InternalFailure'
      const failure: Failure = { urn, type, name, operation, code, message: error instanceof Error ? error.message : String(error), error }
      failures.push(failure)
      onProgress({ urn, type, name, operation, state: 'failed', tookMs: now() - started, why: `${failure.code}: ${failure.message}` })
      fail()
      throw error
    }
  }
  return {
    failures,
    failed,
    run(resource, operation, work) {
      const running = run(resource, operation, work)
      const settled = running.then(() => undefined, () => undefined) // whoever called hears of it
      underWay.add(settled)
      void settled.then(() => underWay.delete(settled))
      return running
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

/** Lets so many in at a time, first come first served. */
function turns(places: number): () => Promise<Disposable> {
  const waiting: (() => void)[] = []
  let free = places
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return { [Symbol.dispose]: leave }
  }
}
