// sandbox/src/site/nucleus/deployments/deployment-service.ts: takes deployments from the queue, one at a time, and says what became of each.
import type { Log } from '@fleet/log'
import { aborted } from '../timing.ts'
import { resume, type RestartCode } from './bootstrap.ts'
import { jobStatusOf, type Deployment, type DeploymentResult, type JobStatus } from './deployment.ts'
import { DeploymentError, failureReport } from './deployment-error.ts'
import type { DeploymentQueue } from './deployment-queue.ts'
import { carryOut, type DeploymentTaskOptions, type Outcome } from './deployment-task.ts'
import { readDocument, rootComponents, type DeploymentDocument } from './document.ts'
import type { OngoingDeployment } from './ongoing-deployment.ts'
import type { DeploymentStatus, StatusDetails, StatusKeeper } from './status-keeper.ts'

export interface DeploymentService {
  /** The one that is carried out. */
  readonly current: Deployment | undefined
  readonly start: () => void
  /** Resolves when nothing is done any more; the nucleus's `stopping` has aborted before. */
  readonly ended: () => Promise<void>
}

export interface DeploymentServiceOptions {
  readonly task: DeploymentTaskOptions
  readonly queue: DeploymentQueue
  readonly keeper: StatusKeeper
  readonly log: Log
  readonly startedAt: number
  /** The nucleus shall end with this exit code. */
  readonly restart: (code: RestartCode) => void
}

interface Current {
  readonly deployment: Deployment
  readonly document: DeploymentDocument
  readonly cancelling: AbortController
  /** It is over, and the cloud is being told: what comes now is of the next one. */
  isEnding: boolean
  done: Promise<void>
}

/** By `requiredCapabilities` of a document. */
const CAPABILITIES = ['LARGE_CONFIGURATION', 'LINUX_RESOURCE_LIMITS', 'SUB_DEPLOYMENTS']

export function deploymentService(options: DeploymentServiceOptions): DeploymentService {
  const { queue, log, task } = options
  const { stopping } = task
  let current: Current | undefined
  let next: Deployment | undefined
  let isStarted = false

  /** What waits is looked at again whenever something came or has ended. */
  function look(): void {
    while (isStarted && !stopping.aborted) {
      next ??= queue.poll()
      if (next === undefined || !takes(next)) return
      next = undefined
    }
  }
  /** Whether nothing is left to do for it here. */
  function takes(deployment: Deployment): boolean {
    if (current === undefined) {
      if (!deployment.isCancellation) begin(deployment)
      return true
    }
    if (current.isEnding) return false
    const isSameType = current.deployment.type === deployment.type
    if (deployment.isCancellation) {
      if (isSameType) cancel(current)
      else log.info('The current deployment cannot be cancelled', { DeploymentId: current.deployment.id })
      return true
    }
    if (isSameType && current.deployment.id === deployment.id) {
      log.info(`Skip the duplicated ${deployment.type} deployment`, { DeploymentId: deployment.id })
      return true
    }
    if (isSameType && deployment.type === 'SHADOW') cancel(current) // a newer one for the same thing
    return false
  }
  function cancel({ deployment, document, cancelling }: Current): void {
    if (cancelling.signal.aborted) return
    log.warn('Cancelling deployment, changes may already have been applied. Make a new deployment to revert the update', { DeploymentId: deployment.id })
    cancelling.abort(new Error('the deployment was cancelled'))
    if (deployment.type === 'SHADOW') void options.keeper.keep(statusOf({ deployment, document }, 'CANCELED', {})) // of a job, the cloud would take no status any more
  }
  function begin(deployment: Deployment): void {
    log.info('Received deployment in the queue', { DeploymentId: deployment.id, DeploymentType: deployment.type })
    const document = documentOf(deployment, options)
    if (document === undefined) return
    const cancelling = new AbortController()
    const own: Current = { deployment, document, cancelling, isEnding: false, done: Promise.resolve() }
    current = own
    own.done = carry({ deployment, document }, { cancelled: cancelling.signal, ends: () => (own.isEnding = true) }, options)
      .catch((error: unknown) => {
        if (cancelling.signal.aborted) log.info('Deployment task is cancelled', { DeploymentId: deployment.id })
        else if (!stopping.aborted) log.error('Deployment task throws unknown exception', { error })
      })
      .then(() => {
        current = undefined
        look()
      })
  }
  queue.onOffer(look)
  return {
    get current() {
      return current?.deployment
    },
    start() {
      isStarted = true
      look()
    },
    ended: async () => current?.done,
  }
}

interface Taken {
  readonly deployment: Deployment
  readonly document: DeploymentDocument
}

async function carry(taken: Taken, { cancelled, ends }: { readonly cancelled: AbortSignal; readonly ends: () => void }, options: DeploymentServiceOptions): Promise<void> {
  const { deployment, document } = taken
  const { log, task } = options
  const stale = staleness(taken, task)
  if (stale !== undefined) return finish({ status: 'REJECTED', cause: stale }, taken, options)
  await tell(options, taken, 'IN_PROGRESS', {})
  cancelled.throwIfAborted()
  log.info('Started deployment execution', { deployment: deployment.id })
  const outcome = await outcomeOf(taken, cancelled, task, options)
  if (typeof outcome === 'number') return options.restart(outcome)
  cancelled.throwIfAborted() // nobody waits for its result
  ends()
  log.info('Current deployment finished', { DeploymentId: deployment.id, GreengrassDeploymentId: document.deploymentId })
  await finish(outcome, taken, options)
}

async function outcomeOf({ deployment, document }: Taken, cancelled: AbortSignal, task: DeploymentTaskOptions, { startedAt }: DeploymentServiceOptions): Promise<Outcome> {
  const { resumed, stage, type, id } = deployment
  if (resumed !== undefined && stage !== 'DEFAULT') {
    const record: OngoingDeployment = { type, id, document, stage, tasks: [], failure: resumed.failure }
    return resume(record, { ...task, cancelled, startedAt })
  }
  const missing = document.requiredCapabilities.filter((capability) => !CAPABILITIES.includes(capability))
  if (missing.length === 0) return carryOut(deployment, document, cancelled, task)
  const what = `The current nucleus version doesn't support one or more capabilities that are required by this deployment: ${missing.join(', ')}`
  return { status: 'FAILED_NO_STATE_CHANGE', cause: new DeploymentError(what, { codes: ['NUCLEUS_MISSING_REQUIRED_CAPABILITIES'] }) }
}

/** What comes to the queue meanwhile is looked at when the cloud knows how this one ended. */
async function finish(result: DeploymentResult, taken: Taken, { task, ...options }: DeploymentServiceOptions): Promise<void> {
  const { status, cause } = result
  const failure = cause === undefined ? undefined : failureReport(cause)
  if (failure !== undefined) options.log.error(`Deployment task ${status === 'REJECTED' ? 'rejected' : 'failed'} with following errors`, { DeploymentId: taken.deployment.id, ...failure, error: cause })
  if (status === 'SUCCESSFUL' || status === 'FAILED_ROLLBACK_NOT_REQUESTED') task.records.record(taken.document)
  const told = tell({ ...options, task }, taken, jobStatusOf(status), { detailedStatus: status, ...failure })
  if (taken.deployment.stage !== 'DEFAULT') task.ongoing.remove()
  await told
}

/** undefined after it was told that the document cannot be read. */
function documentOf(deployment: Deployment, options: DeploymentServiceOptions): DeploymentDocument | undefined {
  if (deployment.resumed !== undefined) return deployment.resumed.document
  try {
    options.log.info('Received deployment document in queue', { document: deployment.text })
    return readDocument(deployment.text)
  } catch (error) {
    options.log.error('Invalid document for deployment', { DeploymentId: deployment.id, error })
    const arn = deployment.type === 'SHADOW' ? deployment.id : ''
    const { type, id } = deployment
    void options.keeper.keep({ type, id, deploymentId: '', configurationArn: arn, status: 'FAILED', details: failureReport(error), rootComponents: [] })
    return undefined
  }
}

/** A deployment to a group that is older than the last one to it must not take that back. */
function staleness({ deployment, document }: Taken, { records }: DeploymentTaskOptions): DeploymentError | undefined {
  const { group, createdAt, configurationArn } = document
  const last = records.lastDeployment(group)
  if (deployment.type !== 'IOT_JOBS' || createdAt === 0 || createdAt >= last.createdAt) return undefined
  const what = `Nucleus has a newer deployment for '${group}' target deployed by '${last.configurationArn}'. Rejecting the deployment from '${configurationArn}'`
  return new DeploymentError(what, { codes: ['REJECTED_STALE_DEPLOYMENT'], isRejection: true })
}

/**
 * Resolves when the cloud has been told, or could not be: a deployment neither begins nor is followed by the next before (so in DeploymentService of the
 * nucleus, which waits in its one thread). Else fleet status would take the components of one for those of the other. @throws the reason of `stopping`
 */
async function tell({ keeper, task: { stopping } }: DeploymentServiceOptions, taken: Taken, status: JobStatus, details: StatusDetails): Promise<void> {
  await Promise.race([keeper.keep(statusOf(taken, status, details)), aborted(stopping)])
  stopping.throwIfAborted()
}

function statusOf({ deployment: { type, id }, document }: Taken, status: JobStatus, details: StatusDetails): DeploymentStatus {
  const { deploymentId, configurationArn } = document
  return { type, id, deploymentId, configurationArn, status, details, rootComponents: rootComponents(document) }
}
