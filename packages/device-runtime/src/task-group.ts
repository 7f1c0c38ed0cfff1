// packages/device-runtime/src/task-group.ts: several loops with one fate: the first failure aborts the others.
import { isAbortOf } from './abort.ts'

/** Works until the signal aborts; then releases what it holds and ends. */
export type Loop = (signal: AbortSignal) => Promise<void>

/**
 * Runs the loops together and waits for all of them, so that nothing is left running. When `signal` aborts they are all told and
 * this resolves; when one of them fails the others are told and this rejects with its failure.
 */
export async function together(signal: AbortSignal, ...loops: readonly Loop[]): Promise<void> {
  const group = new AbortController()
  const all = AbortSignal.any([signal, group.signal])
  const failures: unknown[] = []
  const guarded = async (loop: Loop) => {
    try {
      await loop(all)
    } catch (error) {
      if (isAbortOf(all, error)) return
      failures.push(error)
      group.abort(error)
    }
  }
  await Promise.all(loops.map(guarded))
  if (failures.length > 0) throw failures[0]
}

/** Runs the loops until the first of them ends, then tells the others and waits for them. */
export async function untilFirst(signal: AbortSignal, ...loops: readonly Loop[]): Promise<void> {
  const over = new AbortController()
  const ending = (loop: Loop): Loop => async (own) => {
    await loop(own)
    over.abort(new Error('another loop of the group has ended'))
  }
  await together(AbortSignal.any([signal, over.signal]), ...loops.map(ending))
}
