// ops/src/bootstrap/github-access.ts: lets the workflows of one repository into the account, by OpenID Connect: the provider, and a role for each environment.
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  EntityAlreadyExistsException,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam'
import { partition } from '@fleet/contract/arn'
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import type { PolicyDocument } from './boundary.ts'
import { deployGrants, planGrants } from './github-grants.ts'

export interface GithubAccess {
  readonly repository: string
  readonly provider: 'made' | 'kept'
  readonly roles: readonly GithubRole[]
}

export interface GithubRole {
  readonly arn: string
  /** The variable of the repository's environment that names it. */
  readonly variable: string
  readonly environment: string
  readonly outcome: 'made' | 'updated' | 'kept'
}

const ISSUER = 'token.actions.githubusercontent.com'
/** What configure-aws-credentials asks for (GitHub docs, «Configuring OpenID Connect in Amazon Web Services»). */
const AUDIENCE = 'sts.amazonaws.com'
const POLICY = 'workflows'

/** Can be repeated: what is as it should be is not written. The provider may serve other repositories, and stays as it is but for the audience. */
export async function ensureGithubAccess(iam: IAMClient, stage: Stage, repository: string): Promise<GithubAccess> {
  const provider = await ensureProvider(iam, stage)
  const { workflowRole } = fleetNames(stage)
  const wanted = [
    { role: workflowRole('deploy'), variable: 'FLEET_DEPLOY_ROLE', environment: stage.stage, grants: deployGrants(stage) },
    { role: workflowRole('plan'), variable: 'FLEET_PLAN_ROLE', environment: `${stage.stage}-plan`, grants: planGrants(stage) },
  ]
  const roles: GithubRole[] = []
  for (const { role, variable, environment, grants } of wanted) {
    const trust = trustOf(stage, `repo:${repository}:environment:${environment}`)
    roles.push({ arn: iamArn(stage, `role/${role}`), variable, environment, outcome: await ensureRole(iam, role, { trust, grants }) })
  }
  return { repository, provider, roles }
}

const iamArn = ({ accountId, region }: Stage, resource: string) => `arn:${partition(region)}:iam::${accountId}:${resource}`

/** One environment of one repository: who may run a job there is for GitHub's protection rules to say, which no pull request can change. */
const trustOf = (stage: Stage, subject: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: iamArn(stage, `oidc-provider/${ISSUER}`) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subject } },
    },
  ],
})

async function ensureProvider(iam: IAMClient, stage: Stage): Promise<GithubAccess['provider']> {
  const OpenIDConnectProviderArn = iamArn(stage, `oidc-provider/${ISSUER}`)
  const known = await orNone(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })))
  if (known === undefined) {
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: `https://${ISSUER}`, ClientIDList: [AUDIENCE] })).catch(unlessThere)
    return 'made'
  }
  if (!known.ClientIDList?.includes(AUDIENCE)) await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: AUDIENCE }))
  return 'kept'
}

async function ensureRole(iam: IAMClient, RoleName: string, { trust, grants }: { readonly trust: object; readonly grants: PolicyDocument }): Promise<GithubRole['outcome']> {
  const known = await orNone(iam.send(new GetRoleCommand({ RoleName })))
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  if (!known) await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Description: 'For the workflows of the repository; made by fleet bootstrap' })).catch(unlessThere)
  const isTrustOther = known !== undefined && !isSame(known.Role?.AssumeRolePolicyDocument, trust)
  if (isTrustOther) await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: AssumeRolePolicyDocument }))
  const policy = await orNone(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: POLICY })))
  const isPolicyOther = !isSame(policy?.PolicyDocument, grants)
  if (isPolicyOther) await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: POLICY, PolicyDocument: JSON.stringify(grants) }))
  return known ? (isTrustOther || isPolicyOther ? 'updated' : 'kept') : 'made'
}

/** IAM answers documents in URL encoding (API reference, GetRolePolicy). */
const isSame = (encoded: string | undefined, document: object): boolean => encoded !== undefined && JSON.stringify(JSON.parse(decodeURIComponent(encoded))) === JSON.stringify(document)

async function orNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw error
  }
}

/** Another run made it at the same time. */
function unlessThere(error: unknown): void {
  if (!(error instanceof EntityAlreadyExistsException)) throw error
}
