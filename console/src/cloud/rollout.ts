// console/src/cloud/rollout.ts: how far the deployment of the stage is, device by device, in the order in which they are told.
import { paginateListCoreDevices } from '@aws-sdk/client-greengrassv2'
import { paginateListJobExecutionsForJob } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { collect } from '@fleet/ops/aws/pages'
import { rolloutOf, type ExecutionStatus, type Rollout } from '@fleet/ops/deploy/rollout'
import { latestDeployment, type Deployment } from '@fleet/ops/deploy/spread'
import type { Cloud } from './clients.ts'
import { searchFleet } from './fleet.ts'
import { greengrassOf } from './greengrass.ts'
import { wavesOf, type Told, type Wave } from './waves.ts'

export interface RolloutState {
  readonly deployment: Deployment
  readonly rollout: Rollout
  readonly waves: readonly Wave[]
  /** Devices that their nucleus reports as unhealthy. */
  readonly unhealthy: ReadonlySet<string>
}

/** Undefined before the first deployment. Costs ceil(N/250) + 3 calls, and ceil(N/100) when the members are not known. */
export async function readRollout(cloud: Cloud, signal: AbortSignal, known?: readonly string[]): Promise<RolloutState | undefined> {
  const deployment = await latestDeployment({ greengrass: greengrassOf(cloud), stage: cloud.session.settings })
  if (!deployment) return undefined
  const [members, told, unhealthy] = await Promise.all([known ?? membersOf(cloud, signal), executionsOf(cloud, deployment.iotJobId, signal), unhealthyOf(cloud)])
  const executions = new Map(told.map(({ serial, status }) => [serial, status]))
  const rollout = rolloutOf({ members, executions, isCanceled: deployment.deploymentStatus === 'CANCELED', unhealthy })
  return { deployment, rollout, unhealthy, waves: wavesOf(deployment.iotJobConfiguration?.jobExecutionsRolloutConfig, { members, told, unhealthy }) }
}

async function membersOf(cloud: Cloud, signal: AbortSignal): Promise<string[]> {
  const members = []
  for await (const page of searchFleet(cloud, { signal })) members.push(...page.map(({ serial }) => serial))
  return members
}

async function executionsOf({ iot }: Cloud, jobId: string | undefined, signal: AbortSignal): Promise<Told[]> {
  if (jobId === undefined) return []
  const told: Told[] = []
  for await (const { executionSummaries = [] } of paginateListJobExecutionsForJob({ client: iot, pageSize: 250 }, { jobId })) {
    signal.throwIfAborted()
    for (const { thingArn = '', jobExecutionSummary } of executionSummaries) {
      told.push({ serial: thingArn.split(':thing/')[1] ?? '', status: (jobExecutionSummary?.status ?? 'QUEUED') satisfies ExecutionStatus, at: jobExecutionSummary?.queuedAt?.getTime() ?? 0 })
    }
  }
  return told
}

export async function unhealthyOf(cloud: Cloud): Promise<ReadonlySet<string>> {
  const thingGroupArn = arn('iot', cloud.session.settings, `thinggroup/${cloud.names.thingGroup}`)
  const found = await collect(paginateListCoreDevices({ client: greengrassOf(cloud), pageSize: 100 }, { thingGroupArn, status: 'UNHEALTHY' }), (page) => page.coreDevices)
  return new Set(found.flatMap(({ coreDeviceThingName }) => coreDeviceThingName ?? []))
}
