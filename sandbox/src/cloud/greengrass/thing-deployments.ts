// sandbox/src/cloud/greengrass/thing-deployments.ts: deployments to single things, which travel in a named shadow instead of a job.
import type { DeploymentStatus, EffectiveDeploymentExecutionStatus } from '@aws-sdk/client-greengrassv2'
import { z } from 'zod'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { JsonObject } from '../iot-core/json.ts'
import { isRefusal } from '../iot-core/shadows/shadow-request.ts'
import type { Shadows } from '../iot-core/shadows/shadows.ts'
import { configurationArn } from './deployment-document.ts'

/** The named shadow that a nucleus watches. */
const SHADOW = 'AWSManagedGreengrassV2Deployment'

/** What a core reports there (nucleus, ShadowDeploymentListener). */
const Reported = z.object({
  fleetConfigurationArnForStatus: z.string(),
  status: z.enum(['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED', 'REJECTED']),
  statusDetails: z
    .object({
      detailedStatus: z.string().nullish(),
      failureCause: z.string().nullish(),
      errorStack: z.array(z.string()).nullish(),
      errorTypes: z.array(z.string()).nullish(),
    })
    .nullish(),
})
export type ReportedDeployment = z.infer<typeof Reported>

export interface ThingDeployments {
  send(thingName: string, document: JsonObject): Promise<void>
  cancel(thingName: string): Promise<void>
  statusOf(thingName: string, revision: number): DeploymentStatus
  /** What the core said of this revision, and when. */
  reported(thingName: string, revision: number): { readonly report: ReportedDeployment; readonly at: Date } | undefined
}

const STATUS: Readonly<Record<ReportedDeployment['status'], DeploymentStatus>> = {
  IN_PROGRESS: 'ACTIVE',
  SUCCEEDED: 'COMPLETED',
  FAILED: 'FAILED',
  REJECTED: 'FAILED',
  CANCELED: 'CANCELED',
}

/** API reference, EffectiveDeployment: a deployment to a thing ends as COMPLETED, one to a group as SUCCEEDED. */
export const EFFECTIVE: Readonly<Record<ReportedDeployment['status'], EffectiveDeploymentExecutionStatus>> = {
  IN_PROGRESS: 'IN_PROGRESS',
  SUCCEEDED: 'COMPLETED',
  FAILED: 'FAILED',
  REJECTED: 'REJECTED',
  CANCELED: 'CANCELED',
}

export function thingDeployments(shadows: Shadows, account: Account): ThingDeployments {
  const desire = async (thingName: string, desired: JsonObject) => {
    const answer = await shadows.update({ thingName, shadowName: SHADOW }, Buffer.from(JSON.stringify({ state: { desired } })))
    if (isRefusal(answer)) throw new AwsError('InternalServerException', `The deployment shadow of ${thingName} cannot be updated: ${answer.message}`)
  }
  const reported: ThingDeployments['reported'] = (thingName, revision) => {
    const shadow = shadows.find({ thingName, shadowName: SHADOW })
    const report = Reported.safeParse(shadow?.state.reported).data
    if (report?.fleetConfigurationArnForStatus !== configurationArn(account, { kind: 'thing', name: thingName }, revision)) return undefined
    const seconds = z.object({ status: z.object({ timestamp: z.number() }) }).safeParse(shadow?.metadata.reported).data?.status.timestamp ?? 0
    return { report, at: new Date(seconds * 1000) }
  }
  return {
    send: (thingName, document) => desire(thingName, { fleetConfig: JSON.stringify(document), desiredStatus: 'STARTED' }),
    // With its document: update/accepted carries what was sent alone, and a nucleus ignores a desired state without one.
    cancel: (thingName) => desire(thingName, { ...shadows.find({ thingName, shadowName: SHADOW })?.state.desired, desiredStatus: 'CANCELED' }),
    reported,
    statusOf(thingName, revision) {
      const status = reported(thingName, revision)?.report.status
      return status ? STATUS[status] : 'ACTIVE'
    },
  }
}
