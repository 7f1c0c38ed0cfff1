// infra/src/rotation/sign.ts: signs a device's new key, if the device itself asks, in its own name, while it has been asked to rotate.
import { DescribeJobExecutionCommand, RegisterThingCommand, type IoTClient } from '@aws-sdk/client-iot'
import { PublishCommand, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { rotationJobOf } from '@fleet/contract/rotation-job'
import { rotation } from '@fleet/contract/topics'
import type { Signed } from '@fleet/contract/rotation'
import type { Log } from '@fleet/log'
import { counted } from '../counted.ts'
import { readCertificateRequest, type ReadRequest } from './certificate-request.ts'
import { readMessage, type FromDevice } from './event.ts'
import { certificatesOf, describe, type KnownCertificate } from './registry.ts'
import { templateBody } from './template.ts'

export interface SignContext {
  readonly iot: IoTClient
  readonly data: IoTDataPlaneClient
  readonly devicePolicy: string
  /** CloudWatch namespace. */
  readonly metrics: string
  readonly log: Log
}

/** Why not. The log says it to the operator, whose alarm counts these lines; the device tells its job. */
export type Refusal =
  | 'not a certificate request'
  | 'the request is in another name'
  | 'the connection is not of this thing'
  | 'the job is about a certificate that is gone'
  | 'the thing has no such job under way'
  | 'the job was told of another key'

/** A throw is tried again by Lambda, and the device asks again: one after the other they come to the same certificate (at the same moment: docs/decisions/0040). */
export function signRequests(context: SignContext): (event: unknown) => Promise<void> {
  const { data, log, metrics } = context
  return async (event) => {
    const message = readMessage(event)
    if (message === undefined) return log.warn('signing refused', { why: 'not a message of a rotation', event, ...counted(metrics, 'SigningsRefused') })
    const { thing, jobId, principal } = message
    const csr = message.fields['csr']
    const request = typeof csr === 'string' ? readCertificateRequest(csr) : undefined
    const answer = (topic: { of(thing: string): string }, payload: object) => data.send(new PublishCommand({ topic: topic.of(thing), qos: 1, payload: Buffer.from(JSON.stringify({ jobId, ...payload })) }))
    const verdict = request === undefined ? 'not a certificate request' : await judge(context, { ...message, request })
    if (typeof verdict === 'string' || request === undefined) {
      log.warn('signing refused', { why: verdict, thing, jobId, principal, ...counted(metrics, 'SigningsRefused') })
      await answer(rotation.refused, { reason: verdict, ...(request && { key: request.key }) })
      return
    }
    const certificate = verdict.certificate ?? (await issue(context, { thing, csr: String(csr) }))
    log.info(verdict.certificate ? 'certificate sent again' : 'certificate signed', { thing, jobId, certificateId: certificate.certificateId })
    await answer(rotation.signed, { key: request.key, certificateId: certificate.certificateId, certificatePem: certificate.pem } satisfies Omit<Signed, 'jobId'>)
  }
}

interface Asked extends FromDevice {
  readonly request: ReadRequest
}

/** The certificate that this key was given before, if there is one; or why there will be none. */
async function judge({ iot }: SignContext, { thing, principal, jobId, request }: Asked): Promise<Refusal | { readonly certificate: KnownCertificate | undefined }> {
  if (!request.isFor(thing)) return 'the request is in another name'
  const certificates = await certificatesOf(iot, thing)
  if (!certificates.has(principal)) return 'the connection is not of this thing'
  const replaces = rotationJobOf(thing, jobId)?.replaces ?? ''
  if (![...certificates.keys()].some((id) => id.startsWith(replaces))) return 'the job is about a certificate that is gone'
  const execution = await openExecution(iot, { thing, jobId })
  if (execution === undefined) return 'the thing has no such job under way'
  if (execution['key'] !== request.key) return 'the job was told of another key'
  const others = await Promise.all([...certificates.keys()].filter((id) => id !== principal).map((id) => describe(iot, id)))
  return { certificate: others.find((each) => each?.key === request.key && each.status === 'ACTIVE') }
}

/** What the execution tells, if it is under way. */
async function openExecution(iot: IoTClient, { thing, jobId }: { readonly thing: string; readonly jobId: string }): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { execution } = await iot.send(new DescribeJobExecutionCommand({ thingName: thing, jobId }))
    return execution?.status === 'IN_PROGRESS' ? (execution.statusDetails?.detailsMap ?? {}) : undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

async function issue({ iot, devicePolicy }: SignContext, { thing, csr }: { readonly thing: string; readonly csr: string }): Promise<{ readonly certificateId: string; readonly pem: string }> {
  const { certificatePem, resourceArns } = await iot.send(new RegisterThingCommand({ templateBody: templateBody(devicePolicy), parameters: { Thing: thing, Csr: csr } }))
  const certificateId = resourceArns?.['certificate']?.split(':cert/')[1]
  if (certificatePem === undefined || certificateId === undefined) throw new Error('RegisterThing has answered without a certificate')
  return { certificateId, pem: certificatePem }
}
