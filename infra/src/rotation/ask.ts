// infra/src/rotation/ask.ts: asks one device for a new certificate, once: by a job whose id follows from thing, certificate and attempt.
import { CreateJobCommand, DescribeJobExecutionCommand, type IoTClient } from '@aws-sdk/client-iot'
import { MOST_ATTEMPTS, rotationJob } from '@fleet/contract/rotation-job'

export interface Due {
  readonly thing: string
  readonly thingArn: string
  readonly certificateId: string
}

/** `asked` now; `under way` since earlier; `given up` when every attempt has failed. */
export type Answer = { readonly kind: 'asked' | 'under way' | 'done'; readonly jobId: string } | { readonly kind: 'given up' }

/** A further attempt only when the one before has failed. */
export async function ask(iot: IoTClient, due: Due): Promise<Answer> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const job = rotationJob({ ...due, attempt })
    if (await created(iot, job)) return { kind: 'asked', jobId: job.jobId }
    const status = await statusOf(iot, { thingName: due.thing, jobId: job.jobId })
    if (status === undefined || status === 'QUEUED' || status === 'IN_PROGRESS') return { kind: 'under way', jobId: job.jobId }
    if (status === 'SUCCEEDED') return { kind: 'done', jobId: job.jobId } // the finding is older than that
  }
  return { kind: 'given up' }
}

async function created(iot: IoTClient, job: ReturnType<typeof rotationJob>): Promise<boolean> {
  try {
    await iot.send(new CreateJobCommand(job))
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceAlreadyExistsException') return false
    throw error
  }
}

/** Undefined while the job has not reached the thing yet. */
async function statusOf(iot: IoTClient, asked: { readonly thingName: string; readonly jobId: string }): Promise<string | undefined> {
  try {
    return (await iot.send(new DescribeJobExecutionCommand(asked))).execution?.status
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}
