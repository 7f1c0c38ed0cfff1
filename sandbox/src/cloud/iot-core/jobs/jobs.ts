// sandbox/src/cloud/iot-core/jobs/jobs.ts: what a job and its executions are, and what other services of this cloud may do with jobs.
import type { AbortConfig, JobExecutionsRetryConfig, JobExecutionsRolloutConfig, TimeoutConfig } from '@aws-sdk/client-iot'
import type { JsonObject } from '../json.ts'

export type { Json, JsonObject } from '../json.ts'

export type JobStatus = 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED' | 'DELETION_IN_PROGRESS'
export type ExecutionStatus = 'QUEUED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'REJECTED' | 'REMOVED' | 'CANCELED'

/** A snapshot job ends when all things that were in its targets have ended; a continuous one also takes those that join later. */
export type TargetSelection = 'SNAPSHOT' | 'CONTINUOUS'

export interface NewJob {
  readonly jobId: string
  /** ARNs of things and thing groups. */
  readonly targets: readonly string[]
  /** What devices get as `jobDocument`. */
  readonly document: JsonObject
  readonly targetSelection?: TargetSelection
  /** With it, devices reach the job by topics that carry `namespace-<id>` (`aws-gg-deployment` for Greengrass). */
  readonly namespaceId?: string
  readonly description?: string
  readonly documentSource?: string
  readonly rollout?: JobExecutionsRolloutConfig
  readonly abort?: AbortConfig
  readonly timeout?: TimeoutConfig
  readonly retry?: JobExecutionsRetryConfig
}

export interface Job extends NewJob {
  readonly arn: string
  readonly targetSelection: TargetSelection
  readonly status: JobStatus
  readonly createdAt: Date
  readonly lastUpdatedAt: Date
  readonly completedAt?: Date
  readonly comment?: string
  readonly reasonCode?: string
  readonly forceCanceled?: boolean
}

/** One thing's run of a job. A retry is a new run with the next `executionNumber`. */
export interface JobExecution {
  readonly jobId: string
  readonly thingName: string
  readonly executionNumber: number
  readonly status: ExecutionStatus
  readonly statusDetails: Readonly<Record<string, string>>
  /** Rises with every change: what a device names as `expectedVersion`. */
  readonly versionNumber: number
  readonly queuedAt: Date
  readonly startedAt?: Date
  readonly lastUpdatedAt: Date
  readonly forceCanceled?: boolean
  /** When the in-progress timer of the job, or the step timer that the device set, runs out. */
  readonly timesOutAt?: Date
  readonly stepTimesOutAt?: Date
}

/** `before` is undefined when the execution was queued just now; `after` is undefined when it was deleted. */
export type ExecutionChange = { readonly job: Job } & (
  | { readonly before: JobExecution | undefined; readonly after: JobExecution }
  | { readonly before: JobExecution; readonly after: undefined }
)

/** Jobs as the other services use them; refusals are AwsErrors of the model `iot`. */
export interface Jobs {
  /** @throws AwsError ResourceAlreadyExistsException, ResourceNotFoundException (target), InvalidRequestException, LimitExceededException */
  create(job: NewJob): Job
  describe(jobId: string): Job | undefined
  /** Cancels what is queued, with `force` also what is in progress. @throws AwsError ResourceNotFoundException, InvalidRequestException */
  cancel(jobId: string, options?: CancelOptions): Job
  /** Removes the job and its executions. Without `force` only one that has ended. @throws AwsError */
  delete(jobId: string, options?: { readonly force?: boolean }): void
  /** The latest execution of each thing. */
  executionsOf(jobId: string): readonly JobExecution[]
  execution(jobId: string, thingName: string): JobExecution | undefined
  /** Hears of every change of every execution, after it was stored. */
  onExecutionChange(listener: (change: ExecutionChange) => void): void
}

export interface CancelOptions {
  readonly force?: boolean
  readonly comment?: string
  readonly reasonCode?: string
}

const ENDED: ReadonlySet<ExecutionStatus> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED'])

/** No device will change it any more. */
export const hasEnded = ({ status }: { readonly status: ExecutionStatus }): boolean => ENDED.has(status)
