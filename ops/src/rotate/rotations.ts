// ops/src/rotate/rotations.ts: asks AWS IoT about devices' certificates and rotation jobs, and creates such jobs.
import { CreateJobCommand, DescribeCertificateCommand, DescribeJobExecutionCommand, IoTClient, ListThingPrincipalsCommand, paginateListJobExecutionsForThing } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { MOST_ATTEMPTS, rotationJob } from '@fleet/contract/rotation-job'
import { clientConfig, named } from '../aws/client-config.ts'
import { paceFor, type Pace } from '../aws/pace.ts'
import type { Target } from '../target/target.ts'
import type { HeldCertificate, PlannedRotation } from './plan.ts'
import { latestRotation, rotationStatus, type ExecutionSummary, type RotationStatus } from './rotation-status.ts'

/** API ListJobExecutionsForThing: maxResults 1–250. */
const MOST_PER_PAGE = 250

export interface Rotations {
  certificatesOf(serial: string): Promise<readonly HeldCertificate[]>
  /** Creates the job, or finds the one that is under way. Undefined when every attempt has failed. */
  ask(planned: PlannedRotation): Promise<RotationStatus | undefined>
  readonly status: (serial: string, jobId: string) => Promise<RotationStatus | undefined>
  latest(serial: string): Promise<RotationStatus | undefined>
  /** The same in brief, at the cost of one call. */
  latestSummary(serial: string): Promise<ExecutionSummary | undefined>
}

export function rotationsOf(target: Target, pace: Pace = paceFor(target)): Rotations {
  const iot = named(new IoTClient(clientConfig(target)))
  const paced = <T>(work: () => Promise<T>) => pace('other', work)
  const status = (serial: string, jobId: string) =>
    paced(async () => {
      const found = await orAbsent(iot.send(new DescribeJobExecutionCommand({ thingName: serial, jobId })))
      const { status = 'QUEUED', statusDetails, lastUpdatedAt } = found?.execution ?? {}
      return found && rotationStatus(serial, { jobId, status, details: statusDetails?.detailsMap ?? {}, changedAt: lastUpdatedAt })
    })
  const created = (planned: PlannedRotation, attempt: number) => {
    const job = rotationJob({ thing: planned.serial, thingArn: arn('iot', target.stage, `thing/${planned.serial}`), certificateId: planned.certificateId, attempt })
    return paced(async () => {
      try {
        await iot.send(new CreateJobCommand(job))
        return { jobId: job.jobId, isNew: true }
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceAlreadyExistsException') return { jobId: job.jobId, isNew: false }
        throw error
      }
    })
  }
  const latestSummary = async (serial: string) => {
    const executions: ExecutionSummary[] = []
    const pages = paginateListJobExecutionsForThing({ client: iot, pageSize: MOST_PER_PAGE }, { thingName: serial })
    for (;;) {
      const { done, value } = await pace('ListJobExecutionsForThing', () => pages.next())
      if (done === true) return latestRotation(serial, executions)
      executions.push(...(value.executionSummaries ?? []).map(({ jobId = '', jobExecutionSummary: { status = '', queuedAt, lastUpdatedAt } = {} }) => ({ jobId, status, queuedAt, changedAt: lastUpdatedAt })))
    }
  }
  return {
    status,
    async certificatesOf(serial) {
      const { principals = [] } = await pace('ListThingPrincipals', () => iot.send(new ListThingPrincipalsCommand({ thingName: serial })))
      const ids = principals.flatMap((principal) => principal.split(':cert/').slice(1))
      const described = await Promise.all(ids.map((certificateId) => pace('DescribeCertificate', () => iot.send(new DescribeCertificateCommand({ certificateId })))))
      return described.flatMap(({ certificateDescription: { certificateId, status, creationDate } = {} }) => (certificateId !== undefined && creationDate ? [{ certificateId, status: status ?? '', createdAt: creationDate }] : []))
    },
    async ask(planned) {
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
        const { jobId, isNew } = await created(planned, attempt)
        const found = isNew ? undefined : await status(planned.serial, jobId)
        if (found?.stage !== 'rolled back') return found ?? { serial: planned.serial, jobId, stage: 'asked' }
      }
      return undefined
    },
    latestSummary,
    async latest(serial) {
      const newest = await latestSummary(serial)
      return newest && status(serial, newest.jobId)
    },
  }
}

async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}
