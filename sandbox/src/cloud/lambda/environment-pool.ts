// sandbox/src/cloud/lambda/environment-pool.ts: keeps execution environments warm, runs as many side by side as the machine bears, and ends idle ones.
import { availableParallelism } from 'node:os'
import type { ExecutionEnvironment, Outcome } from './execution-environment.ts'
import type { FunctionRecord } from './function-record.ts'

/** An environment, and the log stream that it writes to for as long as it lives. */
export interface PooledEnvironment extends ExecutionEnvironment {
  readonly logStream: string
  /** Its role credentials end then; after that it takes no further invocation. */
  readonly usableUntil: Date
}

export interface PoolOptions<E extends PooledEnvironment> {
  /** Starts an environment for this revision of a function. */
  readonly start: (record: FunctionRecord) => Promise<E>
  readonly now: () => Date
  /** An environment that had nothing to do for so long is ended. */
  readonly idleMs: number
  /** At most so many threads at a time; further invocations wait. AWS has 1,000 by default, a laptop has not. */
  readonly limit: number
}

export interface EnvironmentPool<E extends PooledEnvironment> extends AsyncDisposable {
  /** Runs `work` on an environment of this function, warm if there is one; the function as it is by then. */
  use(current: () => FunctionRecord, work: (environment: E, record: FunctionRecord) => Promise<Outcome>): Promise<Outcome>
  /** Ends what runs older code or settings of the function, as soon as it has nothing to do. */
  retire(functionName: string): Promise<void>
  /** Environments that are there now. */
  readonly size: number
}

interface Slot<E> {
  readonly environment: Promise<E>
  readonly record: FunctionRecord
  idle: NodeJS.Timeout | undefined
  retired: boolean
}

/**
 * Where a function of short runs is busy on every core already, a further invocation waits for one of these environments: another thread
 * would make nothing faster, and would have to warm up first. A function of long runs rather waits than works, and gets another at once.
 */
const PATIENCE_MS = 1000
const SHORT_MS = 200
const CORES = availableParallelism()

export function environmentPool<E extends PooledEnvironment>({ start, now, idleMs, limit }: PoolOptions<E>): EnvironmentPool<E> {
  const slots = new Set<Slot<E>>()
  const waiting: (() => void)[] = []
  const usualMs = new Map<string, number>() // by function: how long its last runs took, the latest counting most
  const end = async (slot: Slot<E>) => {
    clearTimeout(slot.idle)
    slots.delete(slot)
    waiting.shift()?.()
    await slot.environment.then(
      async (environment) => environment.end(),
      () => undefined, // it never began; whoever asked for it was told
    )
  }
  const idle = () => [...slots].filter((slot) => slot.idle)
  /** One may be free now; or, at the latest, this time is over. */
  const freed = (withinMs?: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        resolve()
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(wake), 1) // whoever waits behind it shall be woken instead
        resolve()
      }
      const timer = withinMs === undefined ? undefined : setTimeout(giveUp, withinMs)
      waiting.push(wake)
    })
  const take = async (current: () => FunctionRecord): Promise<Slot<E>> => {
    const patientUntil = performance.now() + PATIENCE_MS
    for (;;) {
      const record = current()
      const isShort = (usualMs.get(record.name) ?? 0) < SHORT_MS
      const own = [...slots].filter((slot) => slot.record.name === record.name && slot.record.revisionId === record.revisionId)
      const patienceMs = patientUntil - performance.now()
      if (isShort && patienceMs > 0 && own.filter((slot) => !slot.idle).length >= CORES) {
        await freed(patienceMs)
        continue
      }
      const warm = own.find((slot) => slot.idle)
      if (warm) {
        clearTimeout(warm.idle)
        warm.idle = undefined
        const { alive, usableUntil } = await warm.environment
        if (alive && usableUntil > now()) return warm
        await end(warm)
        continue
      }
      if (slots.size < limit) {
        const slot: Slot<E> = { environment: start(record), record, idle: undefined, retired: false }
        slots.add(slot)
        return slot
      }
      const [other] = idle() // of another function: the one that was made first
      if (other) await end(other)
      else await freed()
    }
  }
  const release = async (slot: Slot<E>, reusable: boolean) => {
    if (!reusable || slot.retired) return end(slot)
    slot.idle = setTimeout(() => void end(slot), idleMs).unref()
    waiting.shift()?.()
  }
  return {
    async use(current, work) {
      const slot = await take(current)
      let reusable = false
      try {
        const outcome = await work(await slot.environment, slot.record)
        reusable = !outcome.lost
        const { name } = slot.record
        usualMs.set(name, ((usualMs.get(name) ?? outcome.durationMs) * 3 + outcome.durationMs) / 4)
        return outcome
      } finally {
        await release(slot, reusable)
      }
    },
    async retire(functionName) {
      const old = [...slots].filter((slot) => slot.record.name === functionName)
      for (const slot of old) slot.retired = true
      await Promise.all(old.filter((slot) => slot.idle).map(end))
    },
    get size() {
      return slots.size
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...slots].map(end))
    },
  }
}
