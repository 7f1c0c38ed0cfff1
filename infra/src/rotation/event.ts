// infra/src/rotation/event.ts: reads what rules hand to the functions, by hand: a schema library would be most of the bundle.
import { rotationJobOf } from '@fleet/contract/rotation-job'

/** Of every message: added by the rule from topic and connection, over whatever the payload claims. */
export interface FromDevice {
  readonly thing: string
  /** Certificate of the connection that it came over. */
  readonly principal: string
  /** When AWS IoT had it. */
  readonly receivedAt: Date
  readonly jobId: string
}

export type Fields = Readonly<Record<string, unknown>>

/** @returns undefined when a member is missing, or the job is no rotation of this thing */
export function readMessage(event: unknown): (FromDevice & { readonly fields: Fields }) | undefined {
  if (!isRecord(event)) return undefined
  const { thing, principal, receivedAt, jobId } = event
  if (typeof thing !== 'string' || typeof principal !== 'string' || typeof receivedAt !== 'number' || typeof jobId !== 'string') return undefined
  return isCertificateId(principal) && rotationJobOf(thing, jobId) ? { thing, principal, receivedAt: new Date(receivedAt), jobId, fields: event } : undefined
}

export const isCertificateId = (text: unknown): text is string => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text)
export const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
