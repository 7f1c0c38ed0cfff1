// ops/src/rotate/rotation-status.ts: how the rotation of a device stands, in words: by its job's execution. Pure.
import { ROTATION_STEPS, rotationJobOf, type RotationStep } from '@fleet/contract/rotation-job'

export type Stage = 'asked' | 'key made' | 'signed' | 'proving' | 'done' | 'rolled back'

export interface RotationStatus {
  readonly serial: string
  readonly jobId: string
  readonly stage: Stage
  /** Why it was rolled back. */
  readonly reason?: string
  /** Of the new certificate, once it is known. */
  readonly certificateId?: string
  readonly changedAt?: Date
}

export interface Execution {
  readonly jobId: string
  readonly status: string
  readonly details: Readonly<Record<string, string>>
  readonly changedAt: Date | undefined
}

/** As a list of executions has it. */
export interface ExecutionSummary extends Omit<Execution, 'details'> {
  readonly queuedAt: Date | undefined
}

const WHILE_UNDER_WAY: Readonly<Record<RotationStep, Stage>> = { 'key-made': 'key made', signed: 'signed', proven: 'proving', done: 'proving', 'rolled-back': 'proving' }

/** What ended a job without the device's own word. */
const ENDED: Readonly<Record<string, string>> = {
  TIMED_OUT: 'it took longer than the job allows; the device goes back by itself',
  CANCELED: 'the job was cancelled',
  REMOVED: 'the device was removed from the job',
  REJECTED: 'the device has rejected the job',
  FAILED: 'the device gave no reason',
}

export function rotationStatus(serial: string, { jobId, status, details, changedAt }: Execution): RotationStatus {
  const { certificateId, reason } = details
  const known = { serial, jobId, ...(certificateId !== undefined && { certificateId }), ...(changedAt && { changedAt }) }
  if (status === 'QUEUED') return { ...known, stage: 'asked' }
  if (status === 'SUCCEEDED') return { ...known, stage: 'done' }
  const step = ROTATION_STEPS.find((each) => each === details['step'])
  if (status === 'IN_PROGRESS') return { ...known, stage: step === undefined ? 'asked' : WHILE_UNDER_WAY[step] }
  return { ...known, stage: 'rolled back', reason: reason ?? ENDED[status] ?? status }
}

export const hasEnded = ({ stage }: RotationStatus): boolean => stage === 'done' || stage === 'rolled back'

/** The newest first; other jobs are none of ours. */
export function latestRotation(serial: string, executions: readonly ExecutionSummary[]): ExecutionSummary | undefined {
  const ours = executions.filter(({ jobId }) => rotationJobOf(serial, jobId) !== undefined)
  return ours.toSorted((a, b) => (b.queuedAt?.getTime() ?? 0) - (a.queuedAt?.getTime() ?? 0))[0]
}
