// sandbox/src/cloud/greengrass/effective-deployments.ts: the deployments that a core device has got or shall get, and how it fares with them.
import type { EffectiveDeployment, EffectiveDeploymentExecutionStatus } from '@aws-sdk/client-greengrassv2'
import { type Account, arn } from '../account.ts'
import type { ExecutionStatus, JobExecution, Jobs } from '../iot-core/jobs/jobs.ts'
import type { DeviceRegistry } from '../ports.ts'
import type { Deployment, Deployments } from './deployments.ts'
import { EFFECTIVE, type ThingDeployments } from './thing-deployments.ts'

export interface EffectiveOptions {
  readonly account: Account
  readonly deployments: Deployments
  readonly jobs: Jobs
  readonly registry: DeviceRegistry
  readonly things: ThingDeployments
}

/** Of the thing itself, and of each group that it is in, directly or by a group above. */
export function effectiveDeployments(thingName: string, options: EffectiveOptions): readonly EffectiveDeployment[] {
  const { account, deployments, registry } = options
  const groups = registry.groupsOf(thingName).flatMap((group) => [group, ...registry.ancestorsOf(group)])
  const targets = [`thing/${thingName}`, ...new Set(groups.map((group) => `thinggroup/${group}`))]
  return targets.flatMap((target) => {
    const deployment = deployments.latestFor(arn('iot', account, target))
    if (!deployment) return []
    return deployment.iotJobId === undefined ? [byShadow(thingName, deployment, options)] : byJob(thingName, { ...deployment, iotJobId: deployment.iotJobId }, options)
  })
}

interface Fate {
  readonly status: EffectiveDeploymentExecutionStatus
  readonly at: Date
  readonly detailedStatus?: string | null | undefined
  readonly failureCause?: string | null | undefined
  readonly errorStack?: readonly string[] | null | undefined
  readonly errorTypes?: readonly string[] | null | undefined
}

function byShadow(thingName: string, deployment: Deployment, { deployments, things }: EffectiveOptions): EffectiveDeployment {
  const found = things.reported(thingName, deployment.revision)
  if (!found) return effective(deployment, { status: deployments.statusOf(deployment) === 'CANCELED' ? 'CANCELED' : 'QUEUED', at: deployment.createdAt })
  return effective(deployment, { status: EFFECTIVE[found.report.status], at: found.at, ...found.report.statusDetails })
}

function byJob(thingName: string, deployment: Deployment & { readonly iotJobId: string }, { account, jobs }: EffectiveOptions): readonly EffectiveDeployment[] {
  const execution = jobs.execution(deployment.iotJobId, thingName)
  const status = execution && STATUS[execution.status]
  if (!execution || !status) return []
  const job = { iotJobId: deployment.iotJobId, iotJobArn: arn('iot', account, `job/${deployment.iotJobId}`) }
  return [{ ...effective(deployment, fateOf(execution, status)), ...job }]
}

const STATUS: Readonly<Record<ExecutionStatus, EffectiveDeploymentExecutionStatus | undefined>> = {
  QUEUED: 'QUEUED',
  IN_PROGRESS: 'IN_PROGRESS',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  TIMED_OUT: 'TIMED_OUT',
  REJECTED: 'REJECTED',
  CANCELED: 'CANCELED',
  REMOVED: undefined,
}

/** A nucleus writes lists as JSON text into the job's status details (IotJobsHelper). */
function fateOf({ statusDetails: details, lastUpdatedAt: at }: JobExecution, status: EffectiveDeploymentExecutionStatus): Fate {
  return {
    status,
    at,
    detailedStatus: details['detailed-deployment-status'],
    failureCause: details['deployment-failure-cause'],
    errorStack: listIn(details['deployment-error-stack']),
    errorTypes: listIn(details['deployment-error-types']),
  }
}

/** Values are cut at 1,024 characters, so it may be no JSON any more: then it is one entry. */
function listIn(text: string | undefined): readonly string[] {
  if (!text) return []
  try {
    const list = JSON.parse(text) as unknown
    return Array.isArray(list) ? list.map(String) : [text]
  } catch {
    return [text]
  }
}

function effective(deployment: Deployment, { status, at, detailedStatus, failureCause, errorStack, errorTypes }: Fate): EffectiveDeployment {
  const reason = [detailedStatus, failureCause].filter((part) => !!part).join(': ')
  return {
    deploymentId: deployment.deploymentId,
    deploymentName: deployment.deploymentName ?? '',
    targetArn: deployment.targetArn,
    coreDeviceExecutionStatus: status,
    creationTimestamp: deployment.createdAt,
    modifiedTimestamp: at,
    ...(reason ? { reason } : {}),
    statusDetails: { errorStack: [...(errorStack ?? [])], errorTypes: [...(errorTypes ?? [])] },
  }
}
