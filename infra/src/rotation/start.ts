// infra/src/rotation/start.ts: asks the devices whose certificates an audit found to be too old for new ones: each once, and not all at once.
import { paginateListAuditFindings, paginateListPrincipalThings, paginateListThingsInThingGroup, type IoTClient } from '@aws-sdk/client-iot'
import { ROTATIONS_PER_MINUTE } from '@fleet/contract/rotation-job'
import type { Log } from '@fleet/log'
import { ask } from './ask.ts'
import { isRecord } from './event.ts'

/** The two checks whose findings a new certificate settles. Those of AWS IoT are valid until 2049: they grow old, they do not expire. */
export const ROTATING_CHECKS = ['DEVICE_CERTIFICATE_AGE_CHECK', 'DEVICE_CERTIFICATE_EXPIRING_CHECK'] as const

export interface StartContext {
  readonly iot: IoTClient
  readonly thingGroup: string
  /** Of a certificate, and of a thing: their ids go behind. */
  readonly certificateArn: (certificateId: string) => string
  readonly thingArn: (thing: string) => string
  readonly log: Log
  readonly pause: (ms: number) => Promise<void>
  readonly random: () => number
  /** Has another invocation go on. */
  readonly continueWith: (task: AuditTask) => Promise<void>
}

/** What is left to be done: findings in the order of their certificates, those behind `after`. */
export interface AuditTask {
  readonly taskId: string
  readonly after?: string
}

/** Time of Lambda's 15 minutes that stays for the hand-over. */
const HAND_OVER_MS = 30_000
const MOST_PER_PAGE = 250

/** @param timeLeftMs until Lambda ends this invocation */
export function startRotations(context: StartContext): (event: unknown, timeLeftMs: () => number) => Promise<void> {
  return async (event, timeLeftMs) => {
    for (const task of readTasks(event)) await rotateFound(context, task, timeLeftMs)
  }
}

async function rotateFound(context: StartContext, { taskId, after = '' }: AuditTask, timeLeftMs: () => number): Promise<void> {
  const { iot, log, pause, random } = context
  const found = (await certificatesFound(iot, taskId)).filter((certificateId) => certificateId > after)
  if (found.length === 0) return log.info('no certificate is too old', { taskId })
  const members = await membersOf(iot, context.thingGroup)
  const asked = new Set<string>()
  let last = after
  for (const certificateId of found) {
    if (timeLeftMs() < HAND_OVER_MS) return context.continueWith({ taskId, after: last })
    last = certificateId
    for (const thing of await thingsOf(context, certificateId)) {
      if (!members.has(thing) || asked.has(thing)) continue // another's device; or one with two old certificates, which both go
      asked.add(thing)
      const answer = await ask(iot, { thing, thingArn: context.thingArn(thing), certificateId })
      if (answer.kind === 'given up') log.warn('rotation given up: every attempt has failed', { thing, certificateId })
      else log.info(`rotation ${answer.kind}`, { thing, certificateId, jobId: answer.jobId })
      if (answer.kind === 'asked') await pause((60_000 / ROTATIONS_PER_MINUTE) * (1 + random()))
    }
  }
  log.info('rotations started', { taskId, findings: found.length, things: asked.size })
}

/** In order, each once. */
async function certificatesFound(iot: IoTClient, taskId: string): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const checkName of ROTATING_CHECKS) {
    for await (const { findings = [] } of paginateListAuditFindings({ client: iot, pageSize: MOST_PER_PAGE }, { taskId, checkName })) {
      for (const { nonCompliantResource, isSuppressed } of findings) {
        const certificateId = nonCompliantResource?.resourceIdentifier?.deviceCertificateId
        if (certificateId !== undefined && isSuppressed !== true) found.add(certificateId)
      }
    }
  }
  return [...found].sort()
}

async function membersOf(iot: IoTClient, thingGroupName: string): Promise<ReadonlySet<string>> {
  const members = new Set<string>()
  for await (const { things = [] } of paginateListThingsInThingGroup({ client: iot, pageSize: MOST_PER_PAGE }, { thingGroupName })) for (const thing of things) members.add(thing)
  return members
}

async function thingsOf({ iot, certificateArn }: StartContext, certificateId: string): Promise<readonly string[]> {
  const found: string[] = []
  try {
    for await (const { things = [] } of paginateListPrincipalThings({ client: iot }, { principal: certificateArn(certificateId) })) found.push(...things)
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error // it has been replaced since the audit
  }
  return found
}

/** Of SNS, one or more audits that have ended (AWS IoT Device Defender guide, «Audit notifications»); or of ourselves, the rest of one. */
function readTasks(event: unknown): readonly AuditTask[] {
  if (!isRecord(event)) return []
  const { taskId, after, Records } = event
  if (typeof taskId === 'string') return [{ taskId, ...(typeof after === 'string' && { after }) }]
  const records: readonly unknown[] = Array.isArray(Records) ? Records : []
  return records.flatMap((record) => {
    const sns = isRecord(record) ? record['Sns'] : undefined
    const message: unknown = isRecord(sns) && typeof sns['Message'] === 'string' ? JSON.parse(sns['Message']) : undefined
    return isRecord(message) && typeof message['taskId'] === 'string' && message['taskStatus'] === 'COMPLETED' ? [{ taskId: message['taskId'] }] : []
  })
}
