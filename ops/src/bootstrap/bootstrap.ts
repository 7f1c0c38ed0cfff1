// ops/src/bootstrap/bootstrap.ts: makes what the stack cannot make for itself: the bucket of its state, and the claim certificate, which outlive it.
import { NoSuchBucket, S3Client } from '@aws-sdk/client-s3'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { named, s3Config } from '../aws/client-config.ts'
import { ensureClaim, type Claim } from '../claim/claim-certificate.ts'
import { ensurePolicy, type PolicyOutcome } from '../claim/claim-policy.ts'
import { claimContext } from '../claim/show-claim.ts'
import type { Target } from '../target/target.ts'
import { ensureStateBucket } from './state-bucket.ts'

export interface ClaimStep {
  readonly outcome: Claim['outcome']
  readonly certificateId: string
  readonly status: string
  readonly policy: PolicyOutcome
}

export interface Bootstrapped {
  readonly stage: string
  readonly accountId: string
  readonly region: string
  /** Holds the claim, too; so it is made even where the state of the stack is kept elsewhere. */
  readonly stateBucket: { readonly name: string; readonly outcome: 'made' | 'completed' | 'kept' }
  readonly claim: ClaimStep
}

export interface BootstrapOptions {
  /** As each step ends. */
  readonly report?: (step: string) => void
}

/** Can be repeated at any time; a run that was killed is finished by the next. @throws FleetError */
export const bootstrap = (target: Target, { report = () => {} }: BootstrapOptions = {}): Promise<Bootstrapped> =>
  explaining(target, async () => {
    await assertAccount(target)
    const { stage, accountId, region } = target.stage
    report('account checked')
    const stateBucket = await stateBucketStep(target)
    report(`state bucket ${stateBucket.outcome}`)
    const claim = await claimStep(target)
    report(`claim certificate ${claim.outcome}, policy ${claim.policy}`)
    return { stage, accountId, region, stateBucket, claim }
  })

/** Part of each deploy, too: a stack that was destroyed and made anew has a new claim policy. */
export async function claimStep(target: Target): Promise<ClaimStep> {
  const context = claimContext(target)
  const { outcome, certificateId, certificateArn, status } = await ensureClaim(context).catch(async (error: unknown) => {
    if (!(error instanceof NoSuchBucket)) throw error
    await stateBucketStep(target) // deployed without a bootstrap before
    return ensureClaim(context)
  })
  return { outcome, certificateId, status, policy: await ensurePolicy(certificateArn, target.names.claimPolicy, context.iot) }
}

async function stateBucketStep(target: Target): Promise<Bootstrapped['stateBucket']> {
  const { stateBucket: name } = target.names
  return { name, outcome: await ensureStateBucket(named(new S3Client(s3Config(target))), name, target.stage.region) }
}
