// components/cert-rotator/src/orders.ts: what is to be done in each state, again and again until something happens: so nothing depends on one message.
import type { RotationDetails } from '@fleet/contract/rotation-job'
import type { Outcome } from '@fleet/contract/rotation'
import type { Rotation } from './rotation.ts'

export type Order =
  | { readonly do: 'look-for-jobs' }
  | { readonly do: 'make-key'; readonly jobId: string }
  | { readonly do: 'tell-job'; readonly jobId: string; readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'; readonly details: RotationDetails; readonly expectedVersion?: number }
  | { readonly do: 'ask-for-certificate'; readonly jobId: string }
  | { readonly do: 'wish'; readonly verb: 'try' | 'keep' | 'back'; readonly jobId: string }
  | { readonly do: 'prove'; readonly jobId: string }
  | { readonly do: 'tell-outcome'; readonly outcome: Outcome }
  /** Drops key and certificate of a rotation that is over; the host unit has its own copy. */
  | { readonly do: 'forget'; readonly jobId: string }

export function orders(rotation: Rotation): readonly Order[] {
  switch (rotation.phase) {
    case 'idle':
      return [...(rotation.last === undefined ? [] : [{ do: 'forget', jobId: rotation.last } as const]), { do: 'look-for-jobs' }]
    case 'beginning':
      return [{ do: 'make-key', jobId: rotation.jobId }]
    case 'announcing':
      return [tell(rotation, { step: 'key-made', key: rotation.key })]
    case 'requesting':
      return [{ do: 'ask-for-certificate', jobId: rotation.jobId }]
    case 'trying':
      return [tell(rotation, { step: 'signed', ...certified(rotation) }), { do: 'wish', verb: 'try', jobId: rotation.jobId }]
    case 'proving':
      return [{ do: 'prove', jobId: rotation.jobId }]
    case 'recording':
      return [tell(rotation, { step: 'proven', ...certified(rotation) })]
    case 'keeping':
      return [{ do: 'wish', verb: 'keep', jobId: rotation.jobId }]
    case 'retiring':
      return [{ do: 'tell-outcome', outcome: outcome('installed', rotation, { inCharge: rotation.certificateId, other: rotation.replaces }) }]
    case 'succeeding':
      return [{ do: 'tell-job', jobId: rotation.jobId, status: 'SUCCEEDED', details: { step: 'done', ...certified(rotation) } }]
    case 'going-back':
      return [{ do: 'wish', verb: 'back', jobId: rotation.jobId }]
    case 'discarding':
      if (rotation.inCharge === undefined) return [{ do: 'prove', jobId: rotation.jobId }]
      return [{ do: 'prove', jobId: rotation.jobId }, { do: 'tell-outcome', outcome: outcome('rolled-back', rotation, { inCharge: rotation.inCharge, other: rotation.certificateId }) }]
    case 'failing':
      return [{ do: 'tell-job', jobId: rotation.jobId, status: 'FAILED', details: { step: 'rolled-back', key: rotation.key ?? '', reason: rotation.reason.slice(0, REASON_CHARACTERS) } }]
  }
}

/** A value of `statusDetails` has at most 1,024 characters (API UpdateJobExecution). */
const REASON_CHARACTERS = 1024

const tell = ({ jobId, version }: { readonly jobId: string; readonly version: number }, details: RotationDetails): Order => ({ do: 'tell-job', jobId, status: 'IN_PROGRESS', details, expectedVersion: version })

const certified = ({ key, certificateId }: { readonly key: string; readonly certificateId: string }) => ({ key, certificateId })

function outcome(outcome: Outcome['outcome'], { jobId }: { readonly jobId: string }, { inCharge, other }: { readonly inCharge: string; readonly other: string | undefined }): Outcome {
  return { jobId, outcome, inCharge, ...(other !== undefined && other !== inCharge && { other }) }
}
