// console/src/pages/device/rotation-points.ts: how far a rotation was at which time, as points of a chart: what AWS IoT Jobs remembers, and what was seen meanwhile.
import type { RotationStep } from '@fleet/contract/rotation-job'
import type { RotationState } from '../../cloud/rotation.ts'
import type { Known } from './history-points.ts'

/** In their order; `rolled-back` is none of them. */
export const FORWARD = ['key-made', 'signed', 'proven', 'done'] as const satisfies readonly RotationStep[]

const OVER_WITHOUT = new Set(['FAILED', 'TIMED_OUT', 'REJECTED', 'CANCELED', 'REMOVED'])

export const isBack = ({ status, step }: Pick<RotationState, 'status' | 'step'>): boolean => step === 'rolled-back' || OVER_WITHOUT.has(status)

/** How many of the four steps are behind it; none when it went back. */
export function reached(rotation: Pick<RotationState, 'status' | 'step'>): number {
  if (isBack(rotation)) return 0
  if (rotation.status === 'SUCCEEDED') return FORWARD.length
  return FORWARD.findIndex((step) => step === rotation.step) + 1
}

/** @param seen the same rotation, each time that it was asked for, oldest first */
export function rotationPoints(seen: readonly RotationState[], now: number): readonly Known[] {
  const latest = seen.at(-1)
  if (latest === undefined) return []
  const began = [latest.queuedAt, latest.startedAt].flatMap((at) => (at === undefined ? [] : [{ at: at.getTime(), value: 0 }]))
  const steps = seen.flatMap((each) => (each.changedAt === undefined || each.status === 'QUEUED' ? [] : [{ at: each.changedAt.getTime(), value: reached(each) }]))
  const isOver = latest.status !== 'QUEUED' && latest.status !== 'IN_PROGRESS'
  const last = isOver ? [] : [{ at: now, value: reached(latest) }]
  return [...began, ...steps, ...last].sort((one, other) => one.at - other.at)
}
