// ops/src/rotate/follow.ts: follows rotations until each has ended, time is up, or somebody has seen enough.
import { setTimeout as after } from 'node:timers/promises'
import { hasEnded, type RotationStatus } from './rotation-status.ts'

export interface Follow {
  readonly status: (serial: string, jobId: string) => Promise<RotationStatus | undefined>
  readonly waitMs: number
  readonly signal: AbortSignal
  readonly onChange: (now: RotationStatus) => void
}

const LOOK_MS = 1000

/** How they stand in the end. A signal detaches: nothing is undone by it. */
export async function follow(asked: readonly RotationStatus[], { status, waitMs, signal, onChange }: Follow): Promise<readonly RotationStatus[]> {
  const known = new Map(asked.map((each) => [each.serial, each]))
  const until = performance.now() + waitMs
  while (!signal.aborted && performance.now() < until) {
    const open = [...known.values()].filter((each) => !hasEnded(each))
    if (open.length === 0) break
    await Promise.all(
      open.map(async (before) => {
        const now = await status(before.serial, before.jobId)
        if (now === undefined || now.stage === before.stage) return
        known.set(now.serial, now)
        onChange(now)
      }),
    )
    await after(Math.min(LOOK_MS, Math.max(0, until - performance.now())), undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
  return [...known.values()]
}
