// ops/src/teardown/destroy.ts: takes a stage down: says what would go and stay, makes way, has the stack destroyed, and looks that nothing is left.
import { IoTClient } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { stageFile } from '@fleet/contract/stage'
import { applyChanges } from '../allowlist/apply.ts'
import { listFleet } from '../allowlist/inventory.ts'
import { changingClients } from '../allowlist/reconcile.ts'
import { assertAccount } from '../aws/account-check.ts'
import { explained, explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { cloudEnvironment } from '../deploy/cloud-environment.ts'
import { asFleetError } from '../shell/failure.ts'
import type { StackChange, StackEngine, StackProgress, StackResource } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'
import { leftovers, removeLateLogs, type Leftover } from './leftovers.ts'
import { makeWay, type MadeWay } from './make-way.ts'

export interface DestroyPlan {
  readonly stage: string
  readonly accountId: string
  readonly region: string
  /** Of the stack, by type. */
  readonly resources: Readonly<Record<string, number>>
  readonly provisioningBucket: string
  readonly stateBucket: string
  readonly secretsKeyAlias: string
  /** That have joined, suspended ones too. */
  readonly devices: number
  readonly purgesDevices: boolean
}

export interface DestroyOptions {
  readonly engine: StackEngine
  readonly purgesDevices: boolean
  /** Called with the plan before anything is changed; `false` leaves all as it is. */
  readonly approve: (plan: DestroyPlan) => Promise<boolean>
  readonly report: (step: string) => void
  readonly onProgress: (progress: StackProgress) => void
  readonly now: () => Date
  readonly signal: AbortSignal
}

export interface Destroyed {
  readonly plan: DestroyPlan
  readonly approved: boolean
  readonly purged: number
  readonly madeWay: MadeWay
  readonly changes: readonly StackChange[]
  /** Empty, or the destruction is not complete. */
  readonly left: readonly Leftover[]
}

/**
 * Every step can be repeated, and finds what is left to be done in the cloud itself or in the stack's state: a run that was killed is
 * finished by the next. @throws FleetError STACK_PROTECTED before anything is changed
 */
export const destroy = (target: Target, options: DestroyOptions): Promise<Destroyed> =>
  explaining(target, async () => {
    await assertAccount(target)
    const { engine, report, onProgress, now } = options
    const { stage } = target.stage
    const recorded = await engine.resources(stage)
    refuseProtected(target, recorded)
    const plan = await planned(target, recorded, options.purgesDevices)
    if (!(await options.approve(plan))) return { plan, approved: false, purged: 0, madeWay: { stranded: 0, detached: 0, objects: 0, images: 0 }, changes: [], left: [] }
    const purged = options.purgesDevices ? await purgeAll(target, options) : 0
    const madeWay = await makeWay(target, { report, now })
    const { changes } = await engine.destroy({ stage, config: target.config, environment: cloudEnvironment(target), onProgress })
    const late = await removeLateLogs(target)
    if (late > 0) report(`${late} log groups removed that came after the stack had gone`)
    return { plan, approved: true, purged, madeWay, changes, left: await leftovers(target, recorded) }
  })

/** Before the bucket is emptied: the engine would refuse only after that. */
function refuseProtected({ stage: { stage, protectsData } }: Target, recorded: readonly StackResource[]): void {
  const held = recorded.filter(({ isProtected }) => isProtected).map(({ name }) => name)
  if (!protectsData && held.length === 0) return
  const what = held.length > 0 ? `: ${held.join(', ')}` : ''
  throw new FleetError('STACK_PROTECTED', `stage ${stage} protects its data${what}; nothing was changed`, `If it is really to go: set fleetwright:protectsData to "false" in ${stageFile(stage)}, run \`fleet deploy --stage ${stage}\`, then this again.`)
}

async function planned(target: Target, recorded: readonly StackResource[], purgesDevices: boolean): Promise<DestroyPlan> {
  const { stage: { stage, accountId, region }, names } = target
  const resources: Record<string, number> = {}
  for (const { type } of recorded) resources[type] = (resources[type] ?? 0) + 1
  const devices = (await listFleet(named(new IoTClient(clientConfig(target))), names.thingGroup)).length
  return { stage, accountId, region, resources, provisioningBucket: names.provisioningBucket, stateBucket: names.stateBucket, secretsKeyAlias: names.secretsKeyAlias, devices, purgesDevices }
}

/** While there is still a thing group that says which devices are ours. @throws FleetError the first failure */
async function purgeAll(target: Target, { report, now, signal }: DestroyOptions): Promise<number> {
  const iot = named(new IoTClient(clientConfig(target)))
  const fleet = await listFleet(iot, target.names.thingGroup)
  const changes = fleet.map(({ serial, purging = [] }) => ({ action: 'purge' as const, serial, why: 'fleet destroy --purge-devices', isActive: true, purging }))
  const explain = (error: unknown) => asFleetError(explained(error, target))
  const outcomes = await applyChanges(changes, { iot, ...changingClients(target), now, signal, explain, report: ({ change, failure }) => !failure && report(`purged ${change.serial}`) })
  const failed = outcomes.find(({ failure }) => failure !== undefined)?.failure
  if (failed) throw failed
  return outcomes.length
}
