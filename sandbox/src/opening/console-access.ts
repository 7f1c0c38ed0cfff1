// sandbox/src/opening/console-access.ts: lets people into the console page: the twin's Cognito with groups and roles, and one person of each group to try out.
import { CognitoIdentityClient, CreateIdentityPoolCommand, ListIdentityPoolsCommand, SetIdentityPoolRolesCommand, UpdateIdentityPoolCommand } from '@aws-sdk/client-cognito-identity'
import { CognitoIdentityProviderClient, CreateGroupCommand, CreateUserPoolClientCommand, CreateUserPoolCommand, GroupExistsException, ListUserPoolClientsCommand, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, EntityAlreadyExistsException, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreatePolicyCommand, IoTClient, ResourceAlreadyExistsException } from '@aws-sdk/client-iot'
import { CONSOLE_GROUPS, type ConsoleGroup, type ConsoleSettings } from '@fleet/contract/console-settings'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'
import type { SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import { consoleGrants, consoleIotPolicy, consoleTrust } from '@fleet/infra/src/console/console-grants.ts'
import { allow } from '@fleet/infra/src/policy-document.ts'
import { peopleOf, type People } from '@fleet/ops/console/people'
import type { Target } from '@fleet/ops/target/target'

/** Safe to repeat: what is there is left, passwords are new each time. */
export async function openConsoleAccess(endpoints: SandboxEndpoints, target: Target): Promise<ConsoleSettings> {
  const { stage, accountId, region, gateway } = endpoints
  const { idp, identity, iam, iot } = clientsOf(endpoints)
  const name = fleetNames(endpoints).console
  const userPoolId = await userPool(idp, name)
  const userPoolClientId = await poolClient(idp, { userPoolId, name })
  const identityPoolId = await identityPool(identity, { name: name.replaceAll('-', '_'), provider: `cognito-idp.${region}.amazonaws.com/${userPoolId}`, userPoolClientId })
  await iotPolicy(iot, name, endpoints)
  const people = peopleOf(target, { userPoolId, userPoolClientId, identityPoolId })
  const users = await Promise.all(
    CONSOLE_GROUPS.map(async (group) => {
      const RoleArn = await role(iam, { endpoints, group, identityPoolId })
      await idp.send(new CreateGroupCommand({ UserPoolId: userPoolId, GroupName: group, RoleArn, Precedence: group === 'operator' ? 1 : 2 })).catch(unless(GroupExistsException))
      return person(people, group)
    }),
  )
  return { stage, accountId, region, userPoolId, userPoolClientId, identityPoolId, iotEndpoint: new URL(gateway).host, sandbox: { gateway, users } }
}

function clientsOf({ gateway: endpoint, region, accessKeyId, secretAccessKey }: SandboxEndpoints) {
  const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey } }
  return { idp: new CognitoIdentityProviderClient(config), identity: new CognitoIdentityClient(config), iam: new IAMClient(config), iot: new IoTClient(config) }
}

async function userPool(idp: CognitoIdentityProviderClient, PoolName: string): Promise<string> {
  const { UserPools = [] } = await idp.send(new ListUserPoolsCommand({ MaxResults: 60 }))
  const known = UserPools.find(({ Name }) => Name === PoolName)?.Id
  if (known !== undefined) return known
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }))
  return UserPool?.Id ?? ''
}

async function poolClient(idp: CognitoIdentityProviderClient, { userPoolId: UserPoolId, name: ClientName }: { readonly userPoolId: string; readonly name: string }): Promise<string> {
  const { UserPoolClients = [] } = await idp.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }))
  const [known] = UserPoolClients
  if (known?.ClientId !== undefined) return known.ClientId
  const { UserPoolClient } = await idp.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'], PreventUserExistenceErrors: 'ENABLED' }))
  return UserPoolClient?.ClientId ?? ''
}

interface IdentityPoolWish {
  readonly name: string
  readonly provider: string
  readonly userPoolClientId: string
}

async function identityPool(identity: CognitoIdentityClient, { name: IdentityPoolName, provider, userPoolClientId: ClientId }: IdentityPoolWish): Promise<string> {
  const { IdentityPools = [] } = await identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }))
  const known = IdentityPools.find((pool) => pool.IdentityPoolName === IdentityPoolName)?.IdentityPoolId
  const settings = { IdentityPoolName, AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: [{ ProviderName: provider, ClientId, ServerSideTokenCheck: true }] }
  const { IdentityPoolId = '' } = await (known === undefined ? identity.send(new CreateIdentityPoolCommand(settings)) : identity.send(new UpdateIdentityPoolCommand({ ...settings, IdentityPoolId: known })))
  const RoleMappings = { [`${provider}:${ClientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } as const
  await identity.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: {}, RoleMappings }))
  return IdentityPoolId
}

interface RoleWish {
  readonly endpoints: SandboxEndpoints
  readonly group: ConsoleGroup
  readonly identityPoolId: string
}

async function role(iam: IAMClient, { endpoints: { stage, accountId, region }, group, identityPoolId }: RoleWish): Promise<string> {
  const RoleName = `fleet-${stage}-console-${group}`
  const trust = JSON.stringify(consoleTrust(identityPoolId))
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust })).catch(async (error: unknown) => {
    if (!(error instanceof EntityAlreadyExistsException)) throw error
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }))
  })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'console', PolicyDocument: JSON.stringify(allow(...consoleGrants({ stage, accountId, region }, group))) }))
  return `arn:aws:iam::${accountId}:role/${RoleName}`
}

/** The policy that identities of Cognito need on the data plane. */
async function iotPolicy(iot: IoTClient, policyName: string, stage: StageIdentity): Promise<void> {
  await iot.send(new CreatePolicyCommand({ policyName, policyDocument: JSON.stringify(consoleIotPolicy(stage)) })).catch(unless(ResourceAlreadyExistsException))
}

async function person(people: People, group: ConsoleGroup): Promise<{ readonly name: string; readonly password: string }> {
  const { firstPassword: password = '' } = await people.add({ name: group, group, renewsPassword: true })
  await people.setPassword(group, password)
  return { name: group, password }
}

/** It is there already. */
const unless =
  (expected: new (...args: never[]) => Error) =>
  (error: unknown): void => {
    if (!(error instanceof expected)) throw error
  }
