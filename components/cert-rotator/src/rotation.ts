// components/cert-rotator/src/rotation.ts: decides each step of a certificate rotation. Pure: next(rotation, event).

/** A rotation under way. Its job's id also names its key, its certificate and the generation that the host unit makes of them. */
interface OfJob {
  readonly jobId: string
}
interface WithKey extends OfJob {
  /** SHA-256 of the new public key, in hex. */
  readonly key: string
  /** Of the job's execution, as last heard: an update that names it cannot be overtaken by an older one. */
  readonly version: number
  /** Certificate that is to go. */
  readonly replaces?: string
}
interface WithCertificate extends WithKey {
  readonly certificateId: string
}
interface GivenUp extends OfJob {
  readonly reason: string
  readonly key?: string
  readonly certificateId?: string
  /** In use now, as the cloud has said. */
  readonly inCharge?: string
}

/** In the order of a rotation that succeeds, then of one that does not. */
export type Rotation =
  | { readonly phase: 'idle'; readonly last?: string }
  | ({ readonly phase: 'beginning'; readonly version: number } & OfJob)
  | ({ readonly phase: 'announcing' } & WithKey)
  | ({ readonly phase: 'requesting' } & WithKey)
  | ({ readonly phase: 'trying' } & WithCertificate)
  | ({ readonly phase: 'proving' } & WithCertificate)
  | ({ readonly phase: 'recording' } & WithCertificate)
  | ({ readonly phase: 'keeping' } & WithCertificate)
  | ({ readonly phase: 'retiring' } & WithCertificate)
  | ({ readonly phase: 'succeeding' } & WithCertificate)
  | ({ readonly phase: 'going-back' } & GivenUp)
  | ({ readonly phase: 'discarding' } & GivenUp)
  | ({ readonly phase: 'failing' } & GivenUp)

export type Phase = Rotation['phase']

/** What can happen, in any order and any number of times. */
export type Happened =
  | { readonly kind: 'pending'; readonly jobId: string; readonly version: number }
  | ({ readonly kind: 'key-made'; readonly key: string } & OfJob)
  /** An update of the execution was taken; `step` is the one that it told. */
  | ({ readonly kind: 'told'; readonly step: string; readonly version: number; readonly replaces?: string } & OfJob)
  /** An update was not taken: this is how the execution stands instead; `ended` for one that is gone, too. */
  | ({ readonly kind: 'differs'; readonly ended: boolean; readonly status: string; readonly step?: string; readonly key?: string; readonly version?: number } & OfJob)
  | ({ readonly kind: 'signed'; readonly key: string; readonly certificateId: string; readonly certificatePem: string; readonly fits: boolean } & OfJob)
  | ({ readonly kind: 'refused'; readonly key?: string; readonly reason: string } & OfJob)
  | ({ readonly kind: 'proven'; readonly certificateId: string } & OfJob)
  | ({ readonly kind: 'finished'; readonly inCharge: string } & OfJob)
  /** The host unit's answer: it tries the generation, keeps it, or is back at the former one. */
  | ({ readonly kind: 'host'; readonly answer: 'trying' | 'kept' | 'back'; readonly reason?: string } & OfJob)

/** What does not belong to this moment changes nothing: messages come late, twice, or from a rotation that is over. */
export function next(rotation: Rotation, event: Happened): Rotation {
  if (rotation.phase === 'idle') return event.kind === 'pending' ? { phase: 'beginning', jobId: event.jobId, version: event.version } : rotation
  if (event.jobId !== rotation.jobId) return rotation
  switch (rotation.phase) {
    case 'beginning':
      return event.kind === 'key-made' ? { ...rotation, phase: 'announcing', key: event.key } : rotation
    case 'announcing':
      return announcing(rotation, event)
    case 'requesting':
      return requesting(rotation, event)
    case 'trying':
    case 'proving':
    case 'recording':
    case 'keeping':
      return onTrial(rotation, event)
    case 'retiring':
      return event.kind === 'finished' && event.inCharge === rotation.certificateId ? { ...rotation, phase: 'succeeding' } : rotation
    case 'succeeding':
    case 'failing':
      return isOver(rotation, event) ? { phase: 'idle', last: rotation.jobId } : rotation
    case 'going-back':
      return goingBack(rotation, event)
    case 'discarding':
      return discarding(rotation, event)
  }
}

/** The host unit has been asked for something, or soon will be: look at its answer. */
export const isOnTrial = ({ phase }: Rotation): boolean => phase === 'trying' || phase === 'proving' || phase === 'recording' || phase === 'keeping' || phase === 'going-back'

type In<P extends Phase> = Extract<Rotation, { readonly phase: P }>

/** The key must be on record before its certificate is asked for: whatever happens to us, the cloud can then tell whose it is. */
function announcing(rotation: In<'announcing'>, event: Happened): Rotation {
  if (event.kind === 'told' && event.step === 'key-made') return { ...rotation, phase: 'requesting', version: event.version, ...(event.replaces !== undefined && { replaces: event.replaces }) }
  if (event.kind !== 'differs') return rotation
  if (event.ended) return { phase: 'idle', last: rotation.jobId } // nothing was signed yet
  if (event.key === rotation.key) return { ...rotation, phase: 'requesting', version: event.version ?? rotation.version } // the answer was lost
  return { ...rotation, version: event.version ?? rotation.version }
}

function requesting(rotation: In<'requesting'>, event: Happened): Rotation {
  if (event.kind === 'refused' && (event.key ?? rotation.key) === rotation.key) return givenUp(rotation, 'discarding', event.reason)
  if (event.kind !== 'signed' || event.key !== rotation.key) return rotation
  const { certificateId } = event
  return event.fits ? { ...rotation, phase: 'trying', certificateId } : givenUp({ ...rotation, certificateId }, 'discarding', 'the certificate does not fit the key')
}

/** From here on the host unit has the last word: it alone knows which generation is in charge. */
function onTrial(rotation: In<'trying' | 'proving' | 'recording' | 'keeping'>, event: Happened): Rotation {
  if (event.kind === 'host' && event.answer === 'back') return givenUp(rotation, 'discarding', event.reason ?? 'the host has gone back')
  if (event.kind === 'host' && event.answer === 'kept') return { ...rotation, phase: 'retiring' }
  if (hasEndedUnproven(rotation, event) && rotation.phase !== 'keeping') return givenUp(rotation, 'going-back', `the job has ended: ${event.status}`)
  if (rotation.phase === 'trying') return event.kind === 'host' ? { ...rotation, phase: 'proving' } : withVersion(rotation, event)
  if (rotation.phase === 'proving') return event.kind === 'proven' && event.certificateId === rotation.certificateId ? { ...rotation, phase: 'recording' } : withVersion(rotation, event)
  return rotation.phase === 'recording' ? recording(rotation, event) : rotation
}

/**
 * «Proven» on record is the permission to keep: it cannot be had once the job has ended, and the cloud clears the certificate away only
 * when it ended without it. So either both sides keep the new certificate or neither does.
 */
function recording(rotation: In<'recording'>, event: Happened): Rotation {
  if (event.kind === 'told' && event.step === 'proven') return { ...rotation, phase: 'keeping', version: event.version }
  if (event.kind !== 'differs') return withVersion(rotation, event)
  if (event.step === 'proven' && event.key === rotation.key) return { ...rotation, phase: 'keeping' }
  return withVersion(rotation, event)
}

const hasEndedUnproven = ({ key }: WithKey, event: Happened): event is Extract<Happened, { kind: 'differs' }> => event.kind === 'differs' && event.ended && !(event.step === 'proven' && event.key === key)

const withVersion = <R extends WithKey>(rotation: R, event: Happened): R =>
  (event.kind === 'told' || event.kind === 'differs') && event.version !== undefined && event.version > rotation.version ? { ...rotation, version: event.version } : rotation

/** «Kept» comes only when the state was lost after it had been decided: then whichever certificate is in use is the one to keep. */
function goingBack(rotation: In<'going-back'>, event: Happened): Rotation {
  if (event.kind !== 'host' || event.answer === 'trying') return rotation
  const { certificateId: _kept, ...anyInUse } = rotation
  return { ...(event.answer === 'kept' ? anyInUse : rotation), phase: 'discarding' }
}

/**
 * The state was lost. What the host unit was last wished tells which rotation it was: that one is ended before anything else is begun. It
 * may be on trial, and then nothing may be told over its connection; or kept, and then its job must not be told of a first step again.
 */
export function recovered(wished: string | undefined): Rotation {
  return wished === undefined ? { phase: 'idle' } : { phase: 'going-back', jobId: wished, reason: 'the state of the rotation was lost' }
}

/** The certificate in use tells the cloud that the other one may go. */
function discarding(rotation: In<'discarding'>, event: Happened): Rotation {
  if (event.kind === 'proven' && event.certificateId !== rotation.certificateId) return rotation.inCharge === event.certificateId ? rotation : { ...rotation, inCharge: event.certificateId }
  return event.kind === 'finished' && event.inCharge === rotation.inCharge ? { ...rotation, phase: 'failing' } : rotation
}

const isOver = ({ phase }: Rotation, event: Happened) => (event.kind === 'told' && event.step === (phase === 'succeeding' ? 'done' : 'rolled-back')) || (event.kind === 'differs' && event.ended)

function givenUp({ jobId, key, ...rest }: WithKey | WithCertificate, phase: 'going-back' | 'discarding', reason: string): Rotation {
  return { phase, jobId, key, reason, ...('certificateId' in rest && { certificateId: rest.certificateId }) }
}
