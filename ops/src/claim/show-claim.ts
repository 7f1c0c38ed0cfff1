// ops/src/claim/show-claim.ts: what is known of a stage's claim certificate; never its key.
import { IoTClient } from '@aws-sdk/client-iot'
import { S3Client } from '@aws-sdk/client-s3'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { objectStore } from '../aws/objects.ts'
import type { Target } from '../target/target.ts'
import { readClaim, type ClaimContext } from './claim-certificate.ts'
import { hasPolicy } from './claim-policy.ts'
import { formerClaims, type ReplaceContext } from './replace-claim.ts'
import { readReplacement, type FormerClaim } from './replacement.ts'
import { claimMissing } from './stored-claim.ts'

export interface ClaimReport {
  readonly stage: string
  readonly certificateId: string
  readonly status: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly hasPolicy: boolean
  /** Replaced, and still in service. */
  readonly former: readonly FormerClaim[]
}

/** @throws FleetError CLAIM_MISSING */
export const showClaim = (target: Target): Promise<ClaimReport> =>
  explaining(target, async () => {
    const context = claimContext(target)
    const claim = await readClaim(context)
    const { stage } = target.stage
    if (!claim) throw claimMissing(stage)
    const { certificateId, certificateArn, status, createdAt } = claim
    const former = formerClaims(await readReplacement(context.store), certificateId)
    return { stage, certificateId, status, createdAt: createdAt.toISOString(), hasPolicy: await hasPolicy(certificateArn, target.names.claimPolicy, context.iot), former }
  })

export const replaceContext = (target: Target): ReplaceContext => ({ ...claimContext(target), stage: target.stage.stage, policyName: target.names.claimPolicy })

export const claimContext = (target: Target): ClaimContext => ({
  iot: named(new IoTClient(clientConfig(target))),
  store: objectStore(named(new S3Client(s3Config(target))), target.names.stateBucket),
  commonName: target.names.claimPolicy,
})
