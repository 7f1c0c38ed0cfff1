// ops/src/bootstrap/plan.ts: what a bootstrap would make, and what is there already; changes nothing.
import { IAMClient } from '@aws-sdk/client-iam'
import { KMSClient } from '@aws-sdk/client-kms'
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { assertAccount } from '../aws/account-check.ts'
import { explaining, statusOf } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { readClaim } from '../claim/claim-certificate.ts'
import { claimContext } from '../claim/show-claim.ts'
import type { Target } from '../target/target.ts'
import { hasBoundary } from './ensure-boundary.ts'
import { findSecretsKey } from './secrets-key.ts'

export interface BootstrapPlan {
  readonly stage: string
  readonly accountId: string
  readonly region: string
  readonly stateBucket: string
  readonly hasStateBucket: boolean
  readonly secretsKeyAlias: string
  readonly hasSecretsKey: boolean
  /** As this checkout says. */
  readonly hasBoundary: boolean
  readonly hasClaim: boolean
  readonly repository: string | undefined
}

/** @throws FleetError */
export const planBootstrap = (target: Target, repository: string | undefined): Promise<BootstrapPlan> =>
  explaining(target, async () => {
    await assertAccount(target)
    const { stage, accountId, region } = target.stage
    const { stateBucket, secretsKeyAlias } = target.names
    const hasStateBucket = await isThere(stateBucket, target)
    const hasSecretsKey = (await findSecretsKey(named(new KMSClient(clientConfig(target))), target.stage)) !== undefined
    const hasClaim = hasStateBucket && (await readClaim(claimContext(target))) !== undefined
    return { stage, accountId, region, stateBucket, hasStateBucket, secretsKeyAlias, hasSecretsKey, hasBoundary: await hasBoundary(named(new IAMClient(clientConfig(target))), target.stage), hasClaim, repository }
  })

/** One that belongs to somebody else is there, too: the bootstrap itself says so. */
async function isThere(Bucket: string, target: Target): Promise<boolean> {
  try {
    await named(new S3Client(s3Config(target))).send(new HeadBucketCommand({ Bucket }))
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}
