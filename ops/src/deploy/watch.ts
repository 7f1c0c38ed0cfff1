// ops/src/deploy/watch.ts: follows a deployment through the fleet until every device that can has taken it, or it has stopped.
import { setTimeout as after } from 'node:timers/promises'
import { GetDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { DescribeJobCommand, DescribeJobExecutionCommand, IoTClient, paginateListJobExecutionsForJob, paginateListThingsInThingGroup } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { arn } from '@fleet/contract/arn'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { paceFor, type Pace } from '../aws/pace.ts'
import { collect } from '../aws/pages.ts'
import { coreDevices } from '../status/core-devices.ts'
import { connectionOf } from '../status/fleet-status.ts'
import type { Target } from '../target/target.ts'
import { lookAtUpdates, wishedUpdate, type Standing } from './os-updates.ts'
import { rolloutOf, takenBy, verdictOn, type ExecutionStatus, type Look, type Rollout, type Verdict } from './rollout.ts'

export interface WatchOptions {
  readonly deploymentId: string
  readonly waitMs: number
  readonly signal: AbortSignal
  /** `failures`: the first of those that have failed until now. */
  readonly onLook: (rollout: Rollout, failures: readonly FailedDevice[]) => void
}

export interface FailedDevice {
  readonly serial: string
  readonly why: string
}

export interface Watched {
  readonly deploymentId: string
  readonly verdict: Verdict
  readonly rollout: Rollout
  /** The first of them, with what their nucleus says. */
  readonly failures: readonly FailedDevice[]
}

/** A twin on this machine answers at once; AWS allows 10 calls of most kinds a second. */
const LOOK_MS = { sandbox: 500, other: 5000 } as const
/** A nucleus that restarts is away for a while; so many looks in a row it must be. */
const OFFLINE_LOOKS = 4
/** Only so few that are left are asked for one by one. */
const MOST_ASKED = 100
const MOST_FAILURES = 10

/**
 * Costs ceil(N/250) + ceil(N/250) + ceil(N/100) + 1 calls a look, and one for each of the first devices that fail; where an update of the operating
 * system is wished, one for each device that has taken the deployment and has not updated yet, once few are left that have not. A signal detaches: nothing is undone by it. @throws FleetError
 */
export const watchRollout = (target: Target, { deploymentId, waitMs, signal, onLook }: WatchOptions): Promise<Watched> =>
  explaining(target, async () => {
    const clients = clientsOf(target)
    const { iotJobId: jobId = '', components } = await clients.greengrass.send(new GetDeploymentCommand({ deploymentId }))
    const absent = new Map<string, number>()
    const told = new Map<string, FailedDevice>()
    const updates = { id: wishedUpdate(components), standings: new Map<string, Standing>() }
    const until = performance.now() + waitMs
    for (;;) {
      const rollout = await withUpdates(await look(jobId, clients), updates, clients)
      const failures = await failuresOf(rollout, { jobId, told }, clients)
      onLook(rollout, failures)
      const unfinished = [...rollout.waiting, ...(rollout.osUpdates?.open ?? [])]
      if (unfinished.length <= MOST_ASKED) await countAbsent(unfinished, absent, clients)
      const verdict = verdictOn(rollout, (serial) => (absent.get(serial) ?? 0) >= OFFLINE_LOOKS)
      if (verdict !== 'under way' || signal.aborted || performance.now() >= until) return { deploymentId, verdict, rollout, failures }
      await after(clients.lookMs, undefined, { signal }).catch(() => undefined) // aborted: the next look is the last
    }
  })

type Clients = ReturnType<typeof clientsOf>

const clientsOf = (target: Target) => ({
  iot: named(new IoTClient(clientConfig(target))),
  iotData: named(new IoTDataPlaneClient(clientConfig(target))),
  greengrass: named(new GreengrassV2Client(clientConfig(target))),
  pace: paceFor(target) satisfies Pace,
  thingGroup: target.names.thingGroup,
  thingGroupArn: arn('iot', target.stage, `thinggroup/${target.names.thingGroup}`),
  lookMs: target.kind === 'sandbox' ? LOOK_MS.sandbox : LOOK_MS.other,
})

async function look(jobId: string, { iot, greengrass, thingGroup, thingGroupArn }: Clients): Promise<Look> {
  const [members, executions, { job }, cores] = await Promise.all([
    collect(paginateListThingsInThingGroup({ client: iot, pageSize: 250 }, { thingGroupName: thingGroup }), (page) => page.things),
    collect(paginateListJobExecutionsForJob({ client: iot, pageSize: 250 }, { jobId }), (page) => page.executionSummaries),
    iot.send(new DescribeJobCommand({ jobId })),
    coreDevices(greengrass, thingGroupArn),
  ])
  const statuses = executions.map(({ thingArn = '', jobExecutionSummary }): [string, ExecutionStatus] => [thingArn.split(':thing/')[1] ?? '', jobExecutionSummary?.status ?? 'QUEUED'])
  const unhealthy = new Set([...cores].flatMap(([serial, { health }]) => (health === 'unhealthy' ? [serial] : [])))
  return { members, executions: new Map(statuses), isCanceled: job?.status === 'CANCELED', unhealthy }
}

/** While many are yet to take the deployment, nobody is asked for its update. */
async function withUpdates(seen: Look, { id, standings }: { readonly id: string | undefined; readonly standings: Map<string, Standing> }, clients: Clients): Promise<Rollout> {
  const rollout = rolloutOf(seen)
  if (id === undefined || rollout.isStopped || rollout.waiting.length > MOST_ASKED) return rollout
  return { ...rollout, osUpdates: await lookAtUpdates(id, takenBy(seen), standings, clients) }
}

/** Counts in how many looks in a row each was not connected. */
async function countAbsent(serials: readonly string[], absent: Map<string, number>, clients: Clients): Promise<void> {
  await Promise.all(
    serials.map(async (serial) => {
      const { connected } = await connectionOf(serial, clients)
      absent.set(serial, connected ? 0 : (absent.get(serial) ?? 0) + 1)
    }),
  )
}

/** Each device that has failed is asked for once: `told` keeps what was answered. */
async function failuresOf({ failed, unhealthy }: Rollout, { jobId, told }: { readonly jobId: string; readonly told: Map<string, FailedDevice> }, clients: Clients): Promise<FailedDevice[]> {
  const shown = failed.slice(0, MOST_FAILURES)
  await Promise.all(shown.filter((serial) => !told.has(serial)).map(async (serial) => void told.set(serial, await failureOf(serial, jobId, clients))))
  const broken = unhealthy.map((serial) => ({ serial, why: 'a component is BROKEN after the deployment; `fleet status` says which, `fleet logs` why' }))
  return [...shown.flatMap((serial) => told.get(serial) ?? []), ...broken.slice(0, MOST_FAILURES)]
}

async function failureOf(serial: string, jobId: string, { iot, pace }: Clients): Promise<FailedDevice> {
  const { execution } = await pace('other', () => iot.send(new DescribeJobExecutionCommand({ jobId, thingName: serial })))
  const { 'detailed-deployment-status': status = execution?.status ?? '', 'deployment-failure-cause': cause = '' } = execution?.statusDetails?.detailsMap ?? {}
  return { serial, why: [status, cause].filter((part) => part !== '').join(': ') }
}
