// console/src/cloud/rotation.ts: asks a device for a new certificate, and says how far it is.
import { CreateJobCommand, DescribeJobExecutionCommand, ListJobExecutionsForThingCommand } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { ROTATION_STEPS, rotationJob, rotationJobOf, type RotationStep } from '@fleet/contract/rotation-job'
import type { Cloud } from './clients.ts'
import type { Certificate } from './fleet.ts'

export interface RotationState {
  readonly jobId: string
  /** Of the job's execution: QUEUED, IN_PROGRESS, SUCCEEDED, FAILED … */
  readonly status: string
  readonly step: RotationStep | undefined
  readonly reason: string | undefined
  readonly queuedAt: Date | undefined
  /** When the device began. */
  readonly startedAt: Date | undefined
  readonly changedAt: Date | undefined
}

export interface Rotations {
  /** Undefined when the device was never asked. */
  readonly latest: RotationState | undefined
  /** Newest first, as far back as AWS IoT Jobs remembers. */
  readonly all: Awaited<ReturnType<typeof rotationsOf>>
}

export async function readRotations({ iot }: Pick<Cloud, 'iot'>, serial: string): Promise<Rotations> {
  const all = (await rotationsOf({ iot }, serial)).reverse()
  return { all, latest: await latestOf(all[0]?.jobId, { iot }, serial) }
}

async function latestOf(jobId: string | undefined, { iot }: Pick<Cloud, 'iot'>, serial: string): Promise<RotationState | undefined> {
  if (jobId === undefined) return undefined
  const { execution: { status = 'QUEUED', statusDetails, queuedAt, startedAt, lastUpdatedAt } = {} } = await iot.send(new DescribeJobExecutionCommand({ thingName: serial, jobId }))
  const { step, reason } = statusDetails?.detailsMap ?? {}
  return { jobId, status, step: ROTATION_STEPS.find((known) => known === step), reason, queuedAt, startedAt, changedAt: lastUpdatedAt }
}

/** The same job as `fleet rotate` makes: asking twice asks once, after a failure it is the next attempt. */
export async function rotate({ iot, session }: Pick<Cloud, 'iot' | 'session'>, serial: string, certificate: Certificate): Promise<void> {
  const former = (await rotationsOf({ iot }, serial)).filter(({ replaces }) => certificate.id.startsWith(replaces))
  const last = former.at(-1)
  if (last && ['QUEUED', 'IN_PROGRESS'].includes(last.status)) return
  const attempt = (last?.attempt ?? 0) + 1
  await iot.send(new CreateJobCommand(rotationJob({ thing: serial, thingArn: arn('iot', session.settings, `thing/${serial}`), certificateId: certificate.id, attempt })))
}

/** Oldest first. */
async function rotationsOf({ iot }: Pick<Cloud, 'iot'>, serial: string) {
  const found = []
  let nextToken: string | undefined
  do {
    const page = await iot.send(new ListJobExecutionsForThingCommand({ thingName: serial, maxResults: 250, nextToken }))
    for (const { jobId = '', jobExecutionSummary } of page.executionSummaries ?? []) {
      const job = rotationJobOf(serial, jobId)
      if (job) found.push({ jobId, ...job, status: jobExecutionSummary?.status ?? '', queuedAt: jobExecutionSummary?.queuedAt?.getTime() ?? 0, changedAt: jobExecutionSummary?.lastUpdatedAt })
    }
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return found.sort((one, other) => one.queuedAt - other.queuedAt || one.attempt - other.attempt)
}
