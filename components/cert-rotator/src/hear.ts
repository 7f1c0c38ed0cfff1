// components/cert-rotator/src/hear.ts: what a message of the cloud says to a rotation: checked by its schema, or nothing.
import { Finished, Proven, Refused, RotationDocument, Signed } from '@fleet/contract/rotation'
import { rotationJobOf } from '@fleet/contract/rotation-job'
import { jobs } from '@fleet/contract/jobs'
import { rotation as topics } from '@fleet/contract/topics'
import * as z from 'zod'
import type { KeySource } from './key-source.ts'
import type { Happened } from './rotation.ts'

/** Everything that the rotator listens to: as many as one SUBSCRIBE may hold (AWS IoT quotas: 8). */
export const heardTopics = (thing: string): string[] =>
  [jobs.notify, jobs.getAccepted, jobs.updateAccepted, jobs.updateRejected, topics.signed, topics.refused, topics.proven, topics.finished].map((topic) => topic.of(thing))

const Summary = z.object({ jobId: z.string(), versionNumber: z.number().int(), queuedAt: z.number() })
/** `jobs/get/accepted`, and `jobs/notify` in other words; what is empty may be absent. */
const Lists = z.object({
  inProgressJobs: z.array(Summary).default([]),
  queuedJobs: z.array(Summary).default([]),
  jobs: z.object({ IN_PROGRESS: z.array(Summary).default([]), QUEUED: z.array(Summary).default([]) }).default({ IN_PROGRESS: [], QUEUED: [] }),
})

const State = z.object({ status: z.string(), statusDetails: z.record(z.string(), z.string()).default({}), versionNumber: z.number().int() })
/** `clientToken` is the step that was told. */
const Accepted = z.object({ clientToken: z.string(), executionState: State, jobDocument: z.unknown().optional() })
const Rejected = z.object({ code: z.string(), executionState: State.optional() })

export interface Heard {
  readonly topic: string
  readonly payload: Uint8Array
}

/** @returns undefined for what is malformed, not ours, or of no consequence */
export async function hear({ topic, payload }: Heard, { thing, keys }: { readonly thing: string; readonly keys: KeySource }): Promise<Happened | undefined> {
  const message = parsed(payload)
  const jobId = topic.split('/')[4] ?? '' // of a topic of jobs
  switch (topic) {
    case jobs.notify.of(thing):
    case jobs.getAccepted.of(thing):
      return pending(message, thing)
    case topics.signed.of(thing):
      return signed(Signed.safeParse(message).data, keys)
    case topics.refused.of(thing): {
      const { data } = Refused.safeParse(message)
      return data && { kind: 'refused', jobId: data.jobId, reason: data.reason, ...(data.key !== undefined && { key: data.key }) }
    }
    case topics.proven.of(thing): {
      const { data } = Proven.safeParse(message)
      return data && { kind: 'proven', ...data }
    }
    case topics.finished.of(thing): {
      const { data } = Finished.safeParse(message)
      return data && { kind: 'finished', ...data }
    }
    case jobs.update(jobId).of(thing) + '/accepted':
      return told(jobId, Accepted.safeParse(message).data)
    case jobs.update(jobId).of(thing) + '/rejected':
      return differs(jobId, Rejected.safeParse(message).data)
    default:
      return undefined
  }
}

/** One that was begun comes first; others in their order. */
function pending(message: unknown, thing: string): Happened | undefined {
  const { data } = Lists.safeParse(message)
  if (data === undefined) return undefined
  const mine = [...data.inProgressJobs, ...data.jobs.IN_PROGRESS, ...data.queuedJobs, ...data.jobs.QUEUED].find(({ jobId }) => rotationJobOf(thing, jobId) !== undefined)
  return mine && { kind: 'pending', jobId: mine.jobId, version: mine.versionNumber }
}

async function signed(data: Signed | undefined, keys: KeySource): Promise<Happened | undefined> {
  if (data === undefined) return undefined
  const { jobId, key, certificateId, certificatePem } = data
  const fits = await keys.fits(jobId, certificatePem).catch(() => false) // the key of a rotation that is over is gone
  return { kind: 'signed', jobId, key, certificateId, certificatePem, fits }
}

function told(jobId: string, data: z.infer<typeof Accepted> | undefined): Happened | undefined {
  const replaces = RotationDocument.safeParse(data?.jobDocument).data?.certificateId
  return data && { kind: 'told', jobId, step: data.clientToken, version: data.executionState.versionNumber, ...(replaces !== undefined && { replaces }) }
}

const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED']

function differs(jobId: string, data: z.infer<typeof Rejected> | undefined): Happened | undefined {
  if (data?.code === 'ResourceNotFound' || data?.code === 'TerminalStateReached') return { kind: 'differs', jobId, ended: true, status: 'REMOVED' }
  if (data?.executionState === undefined) return undefined
  const { status, statusDetails, versionNumber } = data.executionState
  const { step, key } = statusDetails
  return { kind: 'differs', jobId, ended: ENDED.includes(status), status, version: versionNumber, ...(step !== undefined && { step }), ...(key !== undefined && { key }) }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'))
  } catch {
    return undefined // no schema takes it
  }
}
