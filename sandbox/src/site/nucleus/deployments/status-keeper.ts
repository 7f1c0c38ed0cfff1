// sandbox/src/site/nucleus/deployments/status-keeper.ts: what is to be told of deployments, kept until the cloud has it, in its order.
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import { replacing } from '../config/merge-behaviour.ts'
import { isJsonObject, stringsOf, textOf, type JsonObject } from '../json.ts'
import { DEPLOYMENT_SERVICE } from '../lifecycle/builtin.ts'
import { mutex } from '../lifecycle/mutex.ts'
import type { DetailedStatus, DeploymentType, JobStatus } from './deployment.ts'

export interface DeploymentStatus {
  readonly type: DeploymentType
  /** Job id, or the configuration's ARN of a shadow deployment. */
  readonly id: string
  readonly deploymentId: string
  readonly configurationArn: string
  readonly status: JobStatus
  readonly details: StatusDetails
  readonly rootComponents: readonly string[]
}

export interface StatusDetails {
  readonly detailedStatus?: DetailedStatus | undefined
  readonly failureCause?: string | undefined
  readonly errorStack?: readonly string[] | undefined
  readonly errorTypes?: readonly string[] | undefined
}

/** Answers whether it is done with it; else it gets it again later. */
export type StatusConsumer = (status: DeploymentStatus) => Promise<boolean>

export interface StatusKeeper {
  /** Who tells the cloud comes before who tells of all components. */
  readonly onStatus: (type: DeploymentType, consumer: StatusConsumer) => void
  /** Keeps it at once, then tells all that is kept. Resolves when that is told, or has to wait for a better time. */
  readonly keep: (status: DeploymentStatus) => Promise<void>
  /** Again, for what could not be told before. */
  readonly publish: (type: DeploymentType) => Promise<void>
}

const KEPT = ['services', DEPLOYMENT_SERVICE, 'runtime', 'ProcessedDeployments']

export function statusKeeper(config: ConfigStore, now: () => Date, log: Log): StatusKeeper {
  const consumers: Record<DeploymentType, StatusConsumer[]> = { IOT_JOBS: [], SHADOW: [] }
  const exclusive = { IOT_JOBS: mutex(), SHADOW: mutex() }

  async function tell(type: DeploymentType): Promise<void> {
    for (const [key, entry] of Object.entries(config.plain(...KEPT)).sort(([one], [other]) => Number(one) - Number(other))) {
      const status = isJsonObject(entry) ? read(entry) : undefined
      if (status?.type !== type) continue
      for (const consumer of consumers[type]) if (!(await consumer(status))) return // what follows must not come before it
      config.remove([...KEPT, key])
    }
  }
  const publish = (type: DeploymentType) => exclusive[type](() => tell(type)).catch((error: unknown) => log.error('Unable to update status of persisted deployments. Retry later', { error }))
  return {
    onStatus: (type, consumer) => void consumers[type].push(consumer),
    keep(status) {
      let key = now().getTime()
      while (config.find(...KEPT, String(key)) !== undefined) key++ // each status is kept
      config.merge([...KEPT, String(key)], written(status), replacing(now().getTime()))
      log.info('Stored deployment status', { DeploymentId: status.id, GreengrassDeploymentId: status.deploymentId, DeploymentStatus: status.status })
      return publish(status.type)
    },
    publish,
  }
}

function written({ type, id, deploymentId, configurationArn, status, details, rootComponents }: DeploymentStatus): JsonObject {
  const { detailedStatus, failureCause, errorStack, errorTypes } = details
  const statusDetails = {
    ...(detailedStatus !== undefined && { 'detailed-deployment-status': detailedStatus }),
    ...(failureCause !== undefined && { 'deployment-failure-cause': failureCause }),
    ...(errorStack !== undefined && { 'deployment-error-stack': errorStack }),
    ...(errorTypes !== undefined && { 'deployment-error-types': errorTypes }),
  }
  return {
    ...{ DeploymentId: id, GreengrassDeploymentId: deploymentId, ConfigurationArn: configurationArn, DeploymentType: type },
    ...{ DeploymentStatus: status, DeploymentStatusDetails: statusDetails, DeploymentRootPackages: rootComponents },
  }
}

function read(entry: JsonObject): DeploymentStatus {
  const { DeploymentStatusDetails: stored } = entry
  const details = isJsonObject(stored) ? stored : {}
  const list = (name: string) => (details[name] === undefined ? undefined : stringsOf(details[name]))
  const text = (name: string) => (details[name] === undefined ? undefined : textOf(details[name]))
  return {
    type: entry.DeploymentType === 'SHADOW' ? 'SHADOW' : 'IOT_JOBS',
    ...{ id: textOf(entry.DeploymentId), deploymentId: textOf(entry.GreengrassDeploymentId), configurationArn: textOf(entry.ConfigurationArn) },
    status: textOf(entry.DeploymentStatus) as JobStatus, // as `written` wrote it
    details: {
      detailedStatus: text('detailed-deployment-status') as DetailedStatus | undefined, // likewise
      failureCause: text('deployment-failure-cause'),
      ...{ errorStack: list('deployment-error-stack'), errorTypes: list('deployment-error-types') },
    },
    rootComponents: stringsOf(entry.DeploymentRootPackages),
  }
}
