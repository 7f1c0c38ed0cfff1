// ops/src/bootstrap/ensure-boundary.ts: has the permissions boundary of a stage be what this checkout says.
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  EntityAlreadyExistsException,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  NoSuchEntityException,
  type IAMClient,
} from '@aws-sdk/client-iam'
import { FleetError } from '@fleet/contract/errors'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'
import { boundary, boundaryArn } from './boundary.ts'

export type BoundaryOutcome = 'made' | 'updated' | 'kept'

/** Who deploys by the workflows' role may read it alone, so that no change of infra/ can widen what its roles may do. @throws FleetError BOUNDARY_OUTDATED */
export async function ensureBoundary(iam: IAMClient, stage: StageIdentity): Promise<BoundaryOutcome> {
  const PolicyArn = boundaryArn(stage)
  const PolicyDocument = JSON.stringify(boundary(stage))
  const known = await current(iam, PolicyArn)
  if (known === PolicyDocument) return 'kept'
  try {
    if (known === undefined) return await made(iam, { PolicyName: fleetNames(stage).boundaryPolicy, PolicyDocument })
    await makeRoom(iam, PolicyArn)
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }))
    return 'updated'
  } catch (error) {
    throw isRefusal(error) ? outdated(stage, known === undefined, error) : error
  }
}

/** Whether it is there, as this checkout says. */
export const hasBoundary = async (iam: IAMClient, stage: StageIdentity): Promise<boolean> => (await current(iam, boundaryArn(stage))) === JSON.stringify(boundary(stage))

/** Its document, as it was written: IAM keeps the text. Undefined when there is none. */
async function current(iam: IAMClient, PolicyArn: string): Promise<string | undefined> {
  try {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }))
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }))
    return decodeURIComponent(PolicyVersion?.Document ?? '')
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw error
  }
}

async function made(iam: IAMClient, policy: { readonly PolicyName: string; readonly PolicyDocument: string }): Promise<BoundaryOutcome> {
  try {
    await iam.send(new CreatePolicyCommand({ ...policy, Description: 'What no role of the stack can exceed; made by fleet bootstrap' }))
    return 'made'
  } catch (error) {
    if (error instanceof EntityAlreadyExistsException) return 'kept' // another run made it at the same time
    throw error
  }
}

/** A policy has at most five versions (IAM guide, «IAM and STS quotas»). */
async function makeRoom(iam: IAMClient, PolicyArn: string): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))
  const [oldest] = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true).sort((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0))
  if (Versions.length >= 5) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest?.VersionId }))
}

const isRefusal = (error: unknown): error is Error => error instanceof Error && ['AccessDenied', 'AccessDeniedException'].includes(error.name)

const outdated = ({ stage }: StageIdentity, isMissing: boolean, cause: Error) =>
  new FleetError(
    'BOUNDARY_OUTDATED',
    `the permissions boundary of stage ${stage} ${isMissing ? 'is not there' : 'is not the one of this checkout'}, and your credentials may not change it: the workflows' role must not`,
    `Run \`fleet bootstrap --stage ${stage} --aws\` with an administrator's credentials, then repeat; nothing was changed.`,
    { cause },
  )
