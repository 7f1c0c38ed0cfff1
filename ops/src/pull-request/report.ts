// ops/src/pull-request/report.ts: what a checkout would do to a stage: stack, allowlist, release, cost; each told although another cannot be.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { FleetError } from '@fleet/contract/errors'
import { planReconcile, type ReconcilePlan } from '../allowlist/reconcile.ts'
import { explained, explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { previewDeploy } from '../deploy/deploy.ts'
import { planOfRelease, type ReleasePlan } from '../release/publish-release.ts'
import { asFleetError } from '../shell/failure.ts'
import type { StackEngine, StackResult } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'
import { costChange, type CostChange } from './cost-change.ts'

export type Part<T> = { readonly value: T } | { readonly failure: FleetError }

export interface PullRequestReport {
  readonly stage: string
  readonly stack: Part<StackResult>
  readonly allowlist: Part<ReconcilePlan>
  readonly release: Part<ReleasePlan>
  readonly cost: Part<CostChange>
}

/** One after the other: the preview is heavy, and the release builds its bundles. Changes nothing. */
export async function reportOn(target: Target, engine: StackEngine, report: (step: string) => void = () => {}): Promise<PullRequestReport> {
  const part = <T>(step: string, work: () => Promise<T>): Promise<Part<T>> => {
    report(step)
    return work().then(
      (value) => ({ value }),
      (error: unknown) => ({ failure: asFleetError(explained(error, target)) }),
    )
  }
  const stack = await part('previewing the stack', () => previewDeploy(target, { engine, canary: undefined }))
  const allowlist = await part('planning the allowlist', () => planReconcile(target, {}))
  const release = await part('planning the release', () => planOfRelease(target))
  const cost = await part('estimating', async () => costChange(target, { allowlist: known(allowlist), release: known(release), logsKeptDays: await logsKeptDays(target) }))
  return { stage: target.stage.stage, stack, allowlist, release, cost }
}

/** @throws FleetError why that part is not known */
function known<T>(part: Part<T>): T {
  if ('failure' in part) throw part.failure
  return part.value
}

/** Of the telemetry, as it is now; undefined before the first deploy. */
const logsKeptDays = (target: Target): Promise<number | undefined> =>
  explaining(target, async () => {
    const logGroupName = target.names.telemetryLogGroup
    const { logGroups = [] } = await named(new CloudWatchLogsClient(clientConfig(target))).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))
    return logGroups.find((group) => group.logGroupName === logGroupName)?.retentionInDays
  })

export const failuresOf = ({ stack, allowlist, release, cost }: PullRequestReport): FleetError[] => [stack, allowlist, release, cost].flatMap((part) => ('failure' in part ? [part.failure] : []))
