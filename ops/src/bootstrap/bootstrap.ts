// ops/src/bootstrap/bootstrap.ts: makes what the stack cannot make for itself: the bucket of its state, and the claim certificate that outlives it.
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
  /** `stack-missing`: it is kept in a bucket of the stack, so the first deploy makes it. */
  readonly outcome: Claim['outcome'] | 'stack-missing'
  readonly certificateId?: string
  readonly status?: string
  readonly policy: PolicyOutcome
}

export interface Bootstrapped {
  readonly stage: string
  readonly accountId: string
  readonly region: string
  /** `unneeded`: a sandbox keeps its own state, and PULUMI_BACKEND_URL or FLEET_STACK_STATE name another place. */
  readonly stateBucket: { readonly name: string; readonly outcome: 'made' | 'completed' | 'kept' | 'unneeded' }
  readonly claim: ClaimStep
}

export interface BootstrapOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** As each step ends. */
  readonly report?: (step: string) => void
}

/** Can be repeated at any time; a run that was killed is finished by the next. @throws FleetError */
export const bootstrap = (target: Target, { environment = {}, report = () => {} }: BootstrapOptions = {}): Promise<Bootstrapped> =>
  explaining(target, async () => {
    await assertAccount(target)
    const { stage, accountId, region } = target.stage
    report('account checked')
    const stateBucket = await stateBucketStep(target, environment)
    report(`state bucket ${stateBucket.outcome}`)
    const claim = await claimStep(target)
    report(`claim certificate ${claim.outcome}, policy ${claim.policy}`)
    return { stage, accountId, region, stateBucket, claim }
  })

/** Part of each deploy, too: a stack that was destroyed and made anew has a new claim policy. */
export async function claimStep(target: Target): Promise<ClaimStep> {
  const context = claimContext(target)
  try {
    const { outcome, certificateId, certificateArn, status } = await ensureClaim(context)
    return { outcome, certificateId, status, policy: await ensurePolicy(certificateArn, target.names.claimPolicy, context.iot) }
  } catch (error) {
    if (error instanceof NoSuchBucket) return { outcome: 'stack-missing', policy: 'stack-missing' }
    throw error
  }
}

async function stateBucketStep(target: Target, environment: Readonly<Record<string, string | undefined>>): Promise<Bootstrapped['stateBucket']> {
  const { stateBucket: name } = target.names
  const isElsewhere = (environment['PULUMI_BACKEND_URL'] ?? '') !== '' || (environment['FLEET_STACK_STATE'] ?? '') !== ''
  if (target.kind === 'sandbox' || isElsewhere) return { name, outcome: 'unneeded' }
  return { name, outcome: await ensureStateBucket(named(new S3Client(s3Config(target))), name, target.stage.region) }
}
