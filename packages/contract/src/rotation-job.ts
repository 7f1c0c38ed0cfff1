// packages/contract/src/rotation-job.ts: the IoT job that asks one device for a new certificate: its id, its limits, and what its execution tells.
import { createHash } from 'node:crypto'

/** What the job's document says (`operation`); the rotator touches no other job. */
export const ROTATION_OPERATION = 'rotate-certificate'

/** From «in progress» to the end; then the cloud clears away what was signed and never proven. A job that waits for its device has no limit. */
export const ROTATION_LIMIT_MINUTES = 60

/** At most so many devices are asked per minute. */
export const ROTATIONS_PER_MINUTE = 100

/** Characters of the old certificate's id that stand in the job's id: 64 bits, so that no other certificate of the thing is meant. */
const CERTIFICATE_CHARACTERS = 16
/** A job's id has at most 64 characters of a-z, A-Z, 0-9, _ and - (API CreateJob); the longest thing name alone has as many. */
const LONGEST_THING = 36
export const MOST_ATTEMPTS = 99

/**
 * The same for the same thing, old certificate and attempt, so that asking twice asks once. The next attempt follows only after a failure.
 * @param attempt from 1
 */
export function rotationJobId(thing: string, certificateId: string, attempt: number): string {
  if (!Number.isInteger(attempt) || attempt < 1 || attempt > MOST_ATTEMPTS) throw new Error(`attempt ${attempt} of a rotation is not 1 to ${MOST_ATTEMPTS}`)
  return `${jobPrefix(thing)}${certificateId.slice(0, CERTIFICATE_CHARACTERS)}-${attempt}`
}

export interface RotationJob {
  /** First characters of the certificate that is to be replaced. */
  readonly replaces: string
  readonly attempt: number
}

/** What an id says, or undefined when it is no rotation job of this thing. */
export function rotationJobOf(thing: string, jobId: string): RotationJob | undefined {
  const prefix = jobPrefix(thing)
  const [, replaces, attempt] = (jobId.startsWith(prefix) && /^([0-9a-f]{16})-([1-9][0-9]?)$/.exec(jobId.slice(prefix.length))) || []
  return replaces === undefined ? undefined : { replaces, attempt: Number(attempt) }
}

/** What CreateJob is asked for, whoever asks: the daily audit, or an operator. */
export function rotationJob({ thing, thingArn, certificateId, attempt }: { readonly thing: string; readonly thingArn: string; readonly certificateId: string; readonly attempt: number }) {
  return {
    jobId: rotationJobId(thing, certificateId, attempt),
    targets: [thingArn],
    targetSelection: 'SNAPSHOT' as const,
    document: JSON.stringify({ operation: ROTATION_OPERATION, certificateId }),
    description: `New certificate for ${thing}`,
    timeoutConfig: { inProgressTimeoutInMinutes: ROTATION_LIMIT_MINUTES },
  }
}

export const ROTATION_JOB_PREFIX = 'rotate-'

/** Long names, which no Raspberry Pi has, are shortened to their beginning and a digest. */
const jobPrefix = (thing: string) => `${ROTATION_JOB_PREFIX}${thing.length <= LONGEST_THING ? thing : `${thing.slice(0, 19)}_${createHash('sha256').update(thing).digest('hex').slice(0, 16)}`}-`

/**
 * `statusDetails` of the execution, all text. `key` links a certificate to the rotation that it was signed for. Once `step` is `proven`
 * only the device itself may decide which certificate goes: it may have begun to rely on the new one.
 */
export interface RotationDetails {
  readonly step: RotationStep
  /** SHA-256 of the new public key (SubjectPublicKeyInfo, DER), in hex: announced before the certificate is asked for. */
  readonly key: string
  readonly certificateId?: string
  readonly reason?: string
}

export const ROTATION_STEPS = ['key-made', 'signed', 'proven', 'done', 'rolled-back'] as const
export type RotationStep = (typeof ROTATION_STEPS)[number]
