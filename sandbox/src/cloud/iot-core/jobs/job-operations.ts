// sandbox/src/cloud/iot-core/jobs/job-operations.ts: IoT's control plane for jobs (AWS IoT API reference).
import type { Job as JobView, JobProcessDetails, JobSummary } from '@aws-sdk/client-iot'
import type { ObjectStore } from '../../ports.ts'
import type { Store } from '../../store/store.ts'
import { found, invalidRequest, limitExceeded } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import type { ResourceTags } from '../resource-tags.ts'
import { NO_TALLY } from './failure-policy.ts'
import { checkConfigurations, readChanges, readNewJob, refuseUnoffered } from './job-input.ts'
import type { JobLifecycle } from './job-lifecycle.ts'
import type { JobTables } from './job-tables.ts'
import type { Job } from './jobs.ts'

export interface JobOperationsOptions {
  readonly tables: JobTables
  readonly lifecycle: JobLifecycle
  readonly objects: ObjectStore
  readonly store: Store
  readonly tags: ResourceTags
}

/** AWS General Reference, job quotas. */
const MOST_TARGETS = 100

export function jobOperations(options: JobOperationsOptions) {
  const { tables, lifecycle, objects, store, tags } = options
  const theJob = ({ jobId = '' }: { readonly jobId?: string | undefined }): Job => found(tables.jobs.get(jobId), `Job ${jobId}`)
  return {
    CreateJob(input) {
      const asked = readNewJob(input, objects)
      const { arn: jobArn, jobId, description } = store.transaction(() => {
        const job = lifecycle.create(asked)
        if (input.tags) tags.set(job.arn, input.tags)
        return job
      })
      return { jobArn, jobId, description }
    },
    DescribeJob(input) {
      const job = theJob(input)
      return { job: jobView(tables, job), documentSource: job.documentSource }
    },
    ListJobs({ status, targetSelection, namespaceId, thingGroupName, thingGroupId, maxResults, nextToken }) {
      if (thingGroupId !== undefined) throw invalidRequest('The sandbox does not look for jobs by thingGroupId; ask by thingGroupName.')
      const matches = (job: Job) =>
        (status === undefined || job.status === status) &&
        (targetSelection === undefined || job.targetSelection === targetSelection) &&
        (namespaceId === undefined || job.namespaceId === namespaceId) &&
        (thingGroupName === undefined || job.targets.some((target) => target.endsWith(`:thinggroup/${thingGroupName}`)))
      const { items, next } = listed(tables.jobs, { token: nextToken, size: maxResults, keep: (_key, job) => matches(job) })
      return { jobs: items.map(([, job]) => summary(tables, job)), nextToken: next }
    },
    GetJobDocument: (input) => ({ document: JSON.stringify(theJob(input).document) }),
    UpdateJob(input) {
      refuseUnoffered(input)
      const job = theJob(input)
      checkConfigurations(input)
      if (job.status !== 'IN_PROGRESS') throw invalidRequest(`Job ${job.jobId} is ${job.status} and cannot be changed.`)
      lifecycle.replace({ ...job, ...readChanges(input) })
      return {}
    },
    CancelJob({ jobId = '', force, comment, reasonCode }) {
      const { arn: jobArn, description } = lifecycle.cancel(jobId, { ...(force !== undefined && { force }), ...(comment !== undefined && { comment }), ...(reasonCode !== undefined && { reasonCode }) })
      return { jobArn, jobId, description }
    },
    DeleteJob(input) {
      const { arn: jobArn, jobId } = theJob(input)
      store.transaction(() => {
        lifecycle.delete(jobId, { force: input.force === true })
        tags.removeAll(jobArn)
      })
      return {}
    },
    AssociateTargetsWithJob(input) {
      const job = theJob(input)
      const { targets = [], comment } = input
      if (job.targetSelection !== 'CONTINUOUS' || job.status !== 'IN_PROGRESS') throw invalidRequest(`Job ${job.jobId} is ${job.targetSelection} and ${job.status}; targets are added to CONTINUOUS jobs IN_PROGRESS.`)
      if (job.targets.length + targets.length > MOST_TARGETS) throw limitExceeded(`A job has at most ${MOST_TARGETS} targets.`)
      lifecycle.associate(job, targets, comment)
      return { jobArn: job.arn, jobId: job.jobId, description: job.description }
    },
  } satisfies Partial<IotOperations>
}

function summary(tables: JobTables, { arn: jobArn, jobId, targetSelection, status, createdAt, lastUpdatedAt, completedAt }: Job): JobSummary {
  return { jobArn, jobId, targetSelection, status, createdAt, lastUpdatedAt, completedAt, isConcurrent: isRollingOut(tables, jobId) }
}

function jobView(tables: JobTables, job: Job): JobView {
  const { targets, description, namespaceId, comment, reasonCode, forceCanceled, rollout, abort, timeout, retry } = job
  return {
    ...summary(tables, job),
    ...{ targets: [...targets], description, namespaceId, comment, reasonCode, forceCanceled },
    ...{ jobExecutionsRolloutConfig: rollout, abortConfig: abort, timeoutConfig: timeout, jobExecutionsRetryConfig: retry },
    jobProcessDetails: processDetails(tables, job),
  }
}

function processDetails(tables: JobTables, { jobId, targets }: Job): JobProcessDetails {
  const { CANCELED, SUCCEEDED, FAILED, REJECTED, QUEUED, IN_PROGRESS, REMOVED, TIMED_OUT } = tables.tallies.get(jobId) ?? NO_TALLY
  return {
    ...(isRollingOut(tables, jobId) && { processingTargets: [...targets] }),
    ...{ numberOfCanceledThings: CANCELED, numberOfSucceededThings: SUCCEEDED, numberOfFailedThings: FAILED, numberOfRejectedThings: REJECTED },
    ...{ numberOfQueuedThings: QUEUED, numberOfInProgressThings: IN_PROGRESS, numberOfRemovedThings: REMOVED, numberOfTimedOutThings: TIMED_OUT },
  }
}

const isRollingOut = (tables: JobTables, jobId: string) => tables.rollouts.get(jobId) !== undefined
