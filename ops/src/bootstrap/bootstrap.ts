// ops/src/bootstrap/bootstrap.ts: makes what the stack cannot make for itself: the bucket of its state, the key of its secrets, and the claim certificate, which outlive it.
import { IAMClient } from '@aws-sdk/client-iam'
import { ResourceNotFoundException, type IoTClient } from '@aws-sdk/client-iot'
import { KMSClient } from '@aws-sdk/client-kms'
import { NoSuchBucket, S3Client } from '@aws-sdk/client-s3'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { ensureClaim, type Claim } from '../claim/claim-certificate.ts'
import { ensurePolicy, type PolicyOutcome } from '../claim/claim-policy.ts'
import { formerClaims } from '../claim/replace-claim.ts'
import { readReplacement } from '../claim/replacement.ts'
import { claimContext } from '../claim/show-claim.ts'
import type { Target } from '../target/target.ts'
import { ensureBoundary, type BoundaryOutcome } from './ensure-boundary.ts'
import { ensureGithubAccess, type GithubAccess } from './github-access.ts'
import { ensureSecretsKey, findSecretsKey, type SecretsKeyOutcome } from './secrets-key.ts'
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
  /** Encrypts the secrets in that state. */
  readonly secretsKey: { readonly alias: string; readonly outcome: SecretsKeyOutcome }
  /** Of the stack's roles. */
  readonly boundary: BoundaryOutcome
  readonly claim: ClaimStep
  /** For the workflows of a repository on GitHub, when one is named. */
  readonly github?: GithubAccess
}

export interface BootstrapOptions {
  /** As each step ends. */
  readonly report?: (step: string) => void
  /** `owner/name` on GitHub. */
  readonly repository?: string | undefined
}

/** Can be repeated at any time; a run that was killed is finished by the next. @throws FleetError */
export const bootstrap = (target: Target, { report = () => {}, repository }: BootstrapOptions = {}): Promise<Bootstrapped> =>
  explaining(target, async () => {
    await assertAccount(target)
    const { stage, accountId, region } = target.stage
    report('account checked')
    const kms = named(new KMSClient(clientConfig(target)))
    const found = await findSecretsKey(kms, target.stage) // somebody else's: told before anything is made
    const stateBucket = await stateBucketStep(target)
    report(`state bucket ${stateBucket.outcome}`)
    const secretsKey = { alias: target.names.secretsKeyAlias, outcome: await ensureSecretsKey(kms, target.stage, found) }
    report(`key of the secrets ${secretsKey.outcome}`)
    const boundary = await boundaryStep(target)
    report(`permissions boundary ${boundary}`)
    const claim = await claimStep(target)
    report(`claim certificate ${claim.outcome}, policy ${claim.policy}`)
    if (repository === undefined) return { stage, accountId, region, stateBucket, secretsKey, boundary, claim }
    const github = await ensureGithubAccess(named(new IAMClient(clientConfig(target))), target.stage, repository)
    report(`roles for ${repository}`)
    return { stage, accountId, region, stateBucket, secretsKey, boundary, claim, github }
  })

/** Part of each deploy, too: the roles of the stack refer to it. */
export const boundaryStep = (target: Target): Promise<BoundaryOutcome> => ensureBoundary(named(new IAMClient(clientConfig(target))), target.stage)

/** Part of each deploy, too: a stack that was destroyed and made anew has a new claim policy. */
export async function claimStep(target: Target): Promise<ClaimStep> {
  const context = claimContext(target)
  const { outcome, certificateId, certificateArn, status } = await ensureClaim(context).catch(async (error: unknown) => {
    if (!(error instanceof NoSuchBucket)) throw error
    await stateBucketStep(target) // deployed without a bootstrap before
    return ensureClaim(context)
  })
  for (const former of formerClaims(await readReplacement(context.store), certificateId)) await ensureFormerPolicy(certificateArn.replace(certificateId, former.certificateId), target, context.iot)
  return { outcome, certificateId, status, policy: await ensurePolicy(certificateArn, target.names.claimPolicy, context.iot) }
}

/** Cards that carry a former claim join until it is retired. One that somebody has deleted by hand stays gone. */
async function ensureFormerPolicy(certificateArn: string, { names }: Target, iot: IoTClient): Promise<void> {
  try {
    await ensurePolicy(certificateArn, names.claimPolicy, iot)
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
  }
}

async function stateBucketStep(target: Target): Promise<Bootstrapped['stateBucket']> {
  const { stateBucket: name } = target.names
  return { name, outcome: await ensureStateBucket(named(new S3Client(s3Config(target))), name, target.stage.region) }
}
