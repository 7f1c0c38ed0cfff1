// sandbox/src/cloud/iot-core/jobs/device-jobs.ts: what a device may ask of the jobs service; MQTT and HTTP put it into their own words.
import type { Clock } from '../../clock.ts'
import type { JsonObject } from '../json.ts'
import { isJobError, readDetails, readUpdate, update, type DeviceUpdate, type JobError } from './device-update.ts'
import type { JobLifecycle } from './job-lifecycle.ts'
import { executionNumbered, latestExecution, namespaceOf, pendingExecutions, type JobTables } from './job-tables.ts'
import { hasEnded, type Job, type JobExecution } from './jobs.ts'

/** Whose jobs: `namespace` is empty for jobs without one. */
export interface Asker {
  readonly thingName: string
  readonly namespace: string
}

export interface DescribedExecution {
  readonly execution: JobExecution
  readonly job: Job
}

export interface DeviceJobs {
  pending(asker: Asker): readonly JobExecution[]
  /** `$next` is the first pending one, if there is any. */
  describe(asker: Asker, asked: { readonly jobId: string; readonly executionNumber?: number | undefined }): DescribedExecution | undefined | JobError
  startNext(asker: Asker, request: JsonObject): DescribedExecution | undefined | JobError
  update(asker: Asker, request: JsonObject & { readonly jobId: string }): (DescribedExecution & { readonly asked: DeviceUpdate }) | JobError
}

export const NEXT = '$next'

export function deviceJobs({ tables, clock, lifecycle }: { readonly tables: JobTables; readonly clock: Clock; readonly lifecycle: JobLifecycle }): DeviceJobs {
  const pending = ({ thingName, namespace }: Asker) => pendingExecutions(tables, thingName, namespace)
  const withJob = (execution: JobExecution | undefined): DescribedExecution | undefined => {
    const job = execution && tables.jobs.get(execution.jobId)
    return job && { execution, job }
  }
  const find = ({ thingName, namespace }: Asker, jobId: string, executionNumber: number | undefined): DescribedExecution | JobError => {
    const execution = executionNumber === undefined ? latestExecution(tables, jobId, thingName) : executionNumbered(tables, { jobId, thingName, executionNumber })
    const found = withJob(execution)
    return found && namespaceOf(found.job) === namespace ? found : { code: 'ResourceNotFound', message: `There is no execution of job ${jobId} for ${thingName}` }
  }
  /** @returns the execution as it is then */
  const apply = ({ execution, job }: DescribedExecution, asked: DeviceUpdate): DescribedExecution | JobError => {
    const changed = update(execution, asked, { job, now: clock.now() })
    if (isJobError(changed)) return changed
    lifecycle.changeExecution(execution, changed)
    return { execution: changed, job }
  }
  return {
    pending,
    describe(asker, { jobId, executionNumber }) {
      if (jobId === NEXT) return withJob(pending(asker)[0])
      const found = find(asker, jobId, executionNumber)
      if (isJobError(found) || !hasEnded(found.execution)) return found
      return { code: 'TerminalStateReached', message: `The execution of job ${jobId} has ended: ${found.execution.status}` }
    },
    startNext(asker, request) {
      const details = readDetails(request)
      if (isJobError(details)) return details
      const next = withJob(pending(asker)[0])
      return next?.execution.status === 'QUEUED' ? apply(next, { status: 'IN_PROGRESS', ...details }) : next
    },
    update(asker, request) {
      const asked = readUpdate(request)
      if (isJobError(asked)) return asked
      const found = find(asker, request.jobId, asked.executionNumber)
      if (isJobError(found)) return found
      const applied = apply(found, asked)
      return isJobError(applied) ? applied : { ...applied, asked }
    },
  }
}
