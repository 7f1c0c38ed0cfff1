// ops/src/status/certificate-status.ts: which certificate a device has, how old it is, and how its last rotation went. Pure.
import type { HeldCertificate } from '../rotate/plan.ts'
import { hasEnded, rotationStatus, type ExecutionSummary } from '../rotate/rotation-status.ts'

export interface CertificateStatus {
  readonly id: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly ageDays: number
}

export interface LastRotation {
  readonly jobId: string
  readonly stage: 'under way' | 'done' | 'rolled back'
  /** ISO 8601: the last that was heard of it. */
  readonly at?: string
}

const DAY_MS = 86_400_000

/** Of two, as there are while it rotates, the older: the one that a rotation replaces. One that is not active only if there is no other. */
export function certificateStatus(held: readonly HeldCertificate[], now: Date): CertificateStatus | undefined {
  const active = held.filter(({ status }) => status === 'ACTIVE')
  const [oldest] = (active.length > 0 ? active : held).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  return oldest && { id: oldest.certificateId, createdAt: oldest.createdAt.toISOString(), ageDays: Math.max(0, Math.floor((now.getTime() - oldest.createdAt.getTime()) / DAY_MS)) }
}

export function lastRotation(serial: string, summary: ExecutionSummary | undefined): LastRotation | undefined {
  if (summary === undefined) return undefined
  const told = rotationStatus(serial, { ...summary, details: {} })
  const stage = !hasEnded(told) ? 'under way' : told.stage === 'done' ? 'done' : 'rolled back'
  return { jobId: summary.jobId, stage, ...(summary.changedAt && { at: summary.changedAt.toISOString() }) }
}
