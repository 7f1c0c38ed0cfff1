// sandbox/src/site/nucleus/deployments/deployment.ts: a deployment as it comes to the device, and what became of it.
import type { DeploymentDocument } from './document.ts'
import type { FailureReport } from './deployment-error.ts'

/** To thing groups by jobs, to the one thing by its shadow. */
export type DeploymentType = 'IOT_JOBS' | 'SHADOW'

/** How far one is that restarts the nucleus; DEFAULT for all others. */
export type DeploymentStage = 'DEFAULT' | 'BOOTSTRAP' | 'KERNEL_ACTIVATION' | 'KERNEL_ROLLBACK'

export interface Deployment {
  readonly type: DeploymentType
  /** Job id, or the configuration's ARN of a shadow deployment. */
  readonly id: string
  /** Asks for the deployment of this type that is under way to be cancelled; then there is no text. */
  readonly isCancellation: boolean
  /** The document as the cloud sent it. */
  readonly text: string
  readonly stage: DeploymentStage
  /** Of an earlier run of the nucleus, for the stages that are not DEFAULT. */
  readonly resumed?: { readonly document: DeploymentDocument; readonly failure?: FailureReport | undefined }
}

export const DETAILED_STATUSES = ['SUCCESSFUL', 'FAILED_NO_STATE_CHANGE', 'FAILED_ROLLBACK_NOT_REQUESTED', 'FAILED_ROLLBACK_COMPLETE', 'FAILED_UNABLE_TO_ROLLBACK', 'REJECTED'] as const
export type DetailedStatus = (typeof DETAILED_STATUSES)[number]

export interface DeploymentResult {
  readonly status: DetailedStatus
  readonly cause?: unknown
}

export type JobStatus = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'REJECTED' | 'CANCELED'

export const jobStatusOf = (status: DetailedStatus): JobStatus => (status === 'SUCCESSFUL' ? 'SUCCEEDED' : status === 'REJECTED' ? 'REJECTED' : 'FAILED')

export const newDeployment = (type: DeploymentType, id: string, text: string): Deployment => ({ type, id, text, isCancellation: false, stage: 'DEFAULT' })

export const cancellation = (type: DeploymentType, id: string): Deployment => ({ type, id, text: '', isCancellation: true, stage: 'DEFAULT' })
