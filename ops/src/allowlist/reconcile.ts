// ops/src/allowlist/reconcile.ts: makes the registry be as the allowlist says: reads both, plans, and carries the plan out.
import { setTimeout as after } from 'node:timers/promises'
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { S3Client } from '@aws-sdk/client-s3'
import { arn } from '@fleet/contract/arn'
import { asFleetError } from '../shell/failure.ts'
import { assertAccount } from '../aws/account-check.ts'
import { explained, explaining } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { paceFor } from '../aws/pace.ts'
import type { Target } from '../target/target.ts'
import { applyChanges, type Outcome } from './apply.ts'
import { listFleet } from './inventory.ts'
import { guardLosses } from './limit.ts'
import { readListFile } from './list-file.ts'
import { planAllowlist, type Plan } from './plan.ts'
import { isUploaded, upload } from './uploaded-list.ts'

export interface PlanRequest {
  /** Undefined: allowlist.txt of the repository. */
  readonly file?: string | undefined
  readonly purgeAfterDays?: number | undefined
  /** `--confirm-suspend`. */
  readonly confirmSuspend?: number | undefined
  readonly now?: () => Date
}

export interface ReconcilePlan extends Plan {
  /** The list's file, as it was named. */
  readonly file: string
  /** Whether the list in the cloud is another one, or none. */
  readonly uploads: boolean
}

export interface ReconcileOptions {
  /** Called with the plan before anything is changed; `false` leaves all as it is. */
  readonly approve?: (plan: ReconcilePlan) => Promise<boolean>
  /** As each change ends. */
  readonly report?: (outcome: Outcome, done: number) => void
  readonly signal?: AbortSignal
}

export interface Reconciled {
  readonly plan: ReconcilePlan
  readonly approved: boolean
  readonly outcomes: readonly Outcome[]
}

/** Costs ceil(N/250) list calls for N devices, and one HEAD. @throws FleetError */
export const planReconcile = (target: Target, request: PlanRequest): Promise<ReconcilePlan> => explaining(target, async () => (await planned(target, request)).plan)

/**
 * The list is uploaded before any device is touched: from then on nobody who was removed is admitted again. Without a change it costs
 * what the plan costs. @throws FleetError
 */
export const reconcile = (target: Target, request: PlanRequest, options: ReconcileOptions = {}): Promise<Reconciled> =>
  explaining(target, async () => {
    const { plan, text, iot, list } = await planned(target, request)
    guardLosses(plan, request.confirmSuspend)
    const approved = (await options.approve?.(plan)) ?? true
    const changes = plan.changes.filter(({ action }) => action !== 'admit')
    if (!approved || (!plan.uploads && changes.length === 0)) return { plan, approved, outcomes: [] }
    await assertAccount(target)
    if (plan.uploads) await upload(text, list)
    const calls = { iot, ...changingClients(target), now: request.now ?? (() => new Date()) }
    let done = 0
    const outcomes = await applyChanges(changes, {
      ...calls,
      signal: options.signal ?? new AbortController().signal,
      explain: (error) => asFleetError(explained(error, target)),
      report: (outcome) => options.report?.(outcome, ++done),
    })
    return { plan, approved, outcomes }
  })

async function planned(target: Target, { file, purgeAfterDays, now = () => new Date() }: PlanRequest) {
  const { name, text, list: allowlist } = await readListFile(file, target.sandbox?.endpoints.allowlistAddition)
  const iot = named(new IoTClient(clientConfig(target)))
  const list = { s3: named(new S3Client(s3Config(target))), bucket: target.names.provisioningBucket }
  const [fleet, same] = await Promise.all([listFleet(iot, target.names.thingGroup), isUploaded(text, list)])
  const plan = planAllowlist(allowlist, fleet, { now: now(), purgeAfterDays })
  return { plan: { file: name, uploads: !same, ...plan }, text, iot, list }
}

/** What changes of devices need, beside the registry's client. */
export const changingClients = (target: Target) => ({
  iotData: named(new IoTDataPlaneClient(clientConfig(target))),
  greengrass: named(new GreengrassV2Client(clientConfig(target))),
  pace: paceFor(target),
  thingGroup: target.names.thingGroup,
  devicePolicy: target.names.devicePolicy,
  certificateArn: (certificateId: string) => arn('iot', target.stage, `cert/${certificateId}`),
  sleep: (ms: number) => after(ms),
})
