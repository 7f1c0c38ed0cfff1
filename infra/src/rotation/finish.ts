// infra/src/rotation/finish.ts: ends a rotation: the certificate that a device is connected with stays, the others go.
import type { IoTClient } from '@aws-sdk/client-iot'
import { PublishCommand, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { rotationJobOf, type RotationDetails } from '@fleet/contract/rotation-job'
import { rotation } from '@fleet/contract/topics'
import type { Log } from '@fleet/log'
import { counted } from '../counted.ts'
import { isCertificateId, isRecord, readMessage, type FromDevice } from './event.ts'
import { certificatesOf, describe, remove, retire } from './registry.ts'

export interface FinishContext {
  readonly iot: IoTClient
  readonly data: IoTDataPlaneClient
  /** CloudWatch namespace. */
  readonly metrics: string
  readonly log: Log
}

/** Two kinds of events come: a device's outcome, and the end of a job's execution, whatever ended it. */
export function finishRotations(context: FinishContext): (event: unknown) => Promise<void> {
  return async (event) => {
    const ended = readEnd(event)
    if (ended !== undefined) return clearAway(context, ended)
    const outcome = readOutcome(event)
    if (outcome === undefined) return context.log.warn('outcome refused', { why: 'not a message of a rotation', event, ...counted(context.metrics, 'OutcomesRefused') })
    await settle(context, outcome)
  }
}

interface Outcome extends FromDevice {
  readonly outcome: string
  readonly inCharge: string
  readonly other: string | undefined
}

function readOutcome(event: unknown): Outcome | undefined {
  const message = readMessage(event)
  if (message === undefined) return undefined
  const { outcome, inCharge, other } = message.fields
  if ((outcome !== 'installed' && outcome !== 'rolled-back') || !isCertificateId(inCharge)) return undefined
  return { ...message, outcome, inCharge, other: isCertificateId(other) ? other : undefined }
}

/**
 * The message must have come over the certificate that it says is in charge, and that one must still be the thing's: then no payload, no
 * message from another time and no other device can retire a certificate that is in use. What was signed after the message stays.
 */
async function settle({ iot, data, log, metrics }: FinishContext, { thing, principal, receivedAt, jobId, outcome, inCharge, other }: Outcome): Promise<void> {
  const refuse = (why: string) => log.warn('outcome refused', { why, thing, jobId, principal, ...counted(metrics, 'OutcomesRefused') })
  if (principal !== inCharge) return refuse('it came over another certificate than it says is in charge')
  const certificates = await certificatesOf(iot, thing)
  const own = certificates.get(principal)
  if (own === undefined) return refuse('the connection is not of this thing')
  const replaced = rotationJobOf(thing, jobId)?.replaces ?? ''
  for (const [certificateId, arn] of certificates) {
    if (certificateId === principal) continue
    const isOld = outcome === 'installed' && certificateId.startsWith(replaced)
    if (!isOld && !(await isOlder(iot, certificateId, receivedAt))) continue
    await retire(iot, { thing, certificateId, arn })
    log.info('certificate retired', { thing, jobId, certificateId, inCharge })
  }
  if (other !== undefined && other !== principal && !certificates.has(other)) await removeRemains(iot, { thing, certificateId: other })
  await data.send(new PublishCommand({ topic: rotation.finished.of(thing), qos: 1, payload: Buffer.from(JSON.stringify({ jobId, inCharge })) }))
  log.info(outcome === 'installed' ? 'rotation finished' : 'rotation rolled back', { thing, jobId, inCharge, ...(outcome === 'installed' && counted(metrics, 'RotationsFinished')) })
}

const isOlder = async (iot: IoTClient, certificateId: string, than: Date) => ((await describe(iot, certificateId))?.createdAt ?? than) < than

/** Somebody was cut off between detaching and deleting. The name in the certificate says whose it was, not the message. */
async function removeRemains(iot: IoTClient, { thing, certificateId }: { readonly thing: string; readonly certificateId: string }): Promise<void> {
  const found = await describe(iot, certificateId)
  if (found?.status === 'INACTIVE' && found.commonName === thing) await remove(iot, certificateId)
}

interface End {
  readonly thing: string
  readonly jobId: string
  readonly status: string
  readonly details: Partial<RotationDetails>
}

/** `$aws/events/jobExecution/…` (AWS IoT guide, «Jobs events»). */
function readEnd(event: unknown): End | undefined {
  if (!isRecord(event) || event['eventType'] !== 'JOB_EXECUTION') return undefined
  const { jobId, thingArn, status, statusDetails } = event
  if (typeof jobId !== 'string' || typeof thingArn !== 'string' || typeof status !== 'string') return undefined
  const thing = thingArn.split(':thing/')[1] ?? ''
  return rotationJobOf(thing, jobId) && { thing, jobId, status, details: isRecord(statusDetails) ? statusDetails : {} }
}

/**
 * A job that ended before its certificate was proven will never be proven: «proven» cannot be told any more. So what was signed for its key
 * is of no use. After it, or when the device has said itself what became of it, nothing is to be done here.
 */
async function clearAway({ iot, log, metrics }: FinishContext, { thing, jobId, status, details: { step, key } }: End): Promise<void> {
  if (status === 'SUCCEEDED') return log.info('job done', { thing, jobId })
  log.warn('rotation failed', { thing, jobId, status, step, ...counted(metrics, 'RotationsFailed') })
  if (step === undefined || step === 'proven' || key === undefined || key === '') return
  for (const [certificateId, arn] of await certificatesOf(iot, thing)) {
    const found = await describe(iot, certificateId)
    if (found?.key !== key) continue
    await retire(iot, { thing, certificateId, arn })
    log.info('unused certificate retired', { thing, jobId, certificateId })
  }
}
