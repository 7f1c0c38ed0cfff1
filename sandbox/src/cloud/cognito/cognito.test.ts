// sandbox/src/cloud/cognito/cognito.test.ts: people sign in by AWS's own client and get the credentials of their group's role, and of no other.
import { CognitoIdentityClient, CreateIdentityPoolCommand, DeleteIdentitiesCommand, GetCredentialsForIdentityCommand, GetIdCommand, GetPrincipalTagAttributeMapCommand, SetIdentityPoolRolesCommand, SetPrincipalTagAttributeMapCommand } from '@aws-sdk/client-cognito-identity'
import { AdminAddUserToGroupCommand, AdminCreateUserCommand, AdminDeleteUserCommand, AdminDisableUserCommand, AdminSetUserPasswordCommand, CognitoIdentityProviderClient, CreateGroupCommand, CreateUserPoolClientCommand, CreateUserPoolCommand, InitiateAuthCommand, RespondToAuthChallengeCommand } from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { AttachPolicyCommand, CreatePolicyCommand, DescribeThingCommand, DetachPolicyCommand, IoTClient, CreateThingCommand, ListTargetsForPolicyCommand } from '@aws-sdk/client-iot'
import { GetThingShadowCommand, IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, onTestFinished, test } from 'vitest'
import { openCloud } from '../cloud.ts'

const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
const ROOT = { accessKeyId: 'AKIAROOT', secretAccessKey: 'root' }
const PASSWORD = 'Correct-horse-1'
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

async function bench() {
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: ROOT, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(() => cloud[Symbol.asyncDispose]())
  const config = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: ROOT }
  const [idp, identity, iam] = [new CognitoIdentityProviderClient(config), new CognitoIdentityClient(config), new IAMClient(config)]
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'people' }))
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await idp.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'page', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] }))
  const ClientId = UserPoolClient?.ClientId ?? ''
  const provider = `cognito-idp.${ACCOUNT.region}.amazonaws.com/${UserPoolId}`
  const { IdentityPoolId = '' } = await identity.send(new CreateIdentityPoolCommand({ IdentityPoolName: 'people', AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: [{ ProviderName: provider, ClientId, ServerSideTokenCheck: true }] }))
  await identity.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: {}, RoleMappings: { [`${provider}:${ClientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } }))
  const role = async (RoleName: string, trusted = IdentityPoolId) => {
    const Condition = { StringEquals: { 'cognito-identity.amazonaws.com:aud': trusted }, 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' } }
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action: 'sts:AssumeRoleWithWebIdentity', Condition }] }
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }))
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iot:DescribeThing', 'iot:GetThingShadow', 'iot:Publish'], Resource: '*' }] }) }))
    return Role?.Arn ?? ''
  }
  const person = async (Username: string, GroupName?: string, RoleArn?: string) => {
    await idp.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: PASSWORD }))
    if (GroupName === undefined) return
    await idp.send(new CreateGroupCommand({ UserPoolId, GroupName, RoleArn }))
    await idp.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
  }
  const enter = async (USERNAME: string, PASSWORD: string) => idp.send(new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters: { USERNAME, PASSWORD } }))
  const credentials = async (idToken: string, logins = { [provider]: idToken }) => {
    const { IdentityId } = await identity.send(new GetIdCommand({ IdentityPoolId, Logins: logins }))
    const { Credentials } = await identity.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins: logins }))
    return { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretKey ?? '', sessionToken: Credentials?.SessionToken ?? '' }
  }
  const identityId = async (idToken: string) => (await identity.send(new GetIdCommand({ IdentityPoolId, Logins: { [provider]: idToken } }))).IdentityId ?? ''
  const forget = (id: string) => identity.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [id] }))
  const lastPassword = (Username: string) => idp.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: PASSWORD, Permanent: true }))
  return { config, idp, iam, identity, IdentityPoolId, provider, role, person, enter, credentials, identityId, forget, lastPassword, ClientId, UserPoolId }
}

test('a person of a group acts in the role of that group', async () => {
  const { config, role, person, enter, credentials, lastPassword } = await bench()
  await person('vera', 'viewer', await role('viewer'))
  await lastPassword('vera')
  const { AuthenticationResult } = await enter('vera', PASSWORD)
  const own = { ...config, credentials: await credentials(AuthenticationResult?.IdToken ?? '') }
  expect(await new STSClient(own).send(new GetCallerIdentityCommand())).toMatchObject({ Arn: 'arn:aws:sts::000000000000:assumed-role/viewer/CognitoIdentityCredentials' })
  await new IoTClient(config).send(new CreateThingCommand({ thingName: 't' }))
  expect(await new IoTClient(own).send(new DescribeThingCommand({ thingName: 't' }))).toMatchObject({ thingName: 't' })
  await expect(new IoTClient(own).send(new CreateThingCommand({ thingName: 'u' }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('claims of the token become tags of the session, which policies know a person by, where the role lets its sessions be tagged', async () => {
  const { config, iam, identity, IdentityPoolId, provider, role, person, enter, credentials, lastPassword } = await bench()
  const things = new IoTClient(config)
  for (const thingName of ['of-vera', 'of-olga']) await things.send(new CreateThingCommand({ thingName }))
  const trust = async (...Action: readonly string[]) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'own', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action }] }) }))
  const own = await role('own')
  const Resource = `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thing/of-\${aws:PrincipalTag/person}`
  await iam.send(new PutRolePolicyCommand({ RoleName: 'own', PolicyName: 'p', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:DescribeThing', Resource }] }) }))
  await person('vera', 'viewer', own)
  await lastPassword('vera')
  const token = (await enter('vera', PASSWORD)).AuthenticationResult?.IdToken ?? ''
  const asVera = async () => new IoTClient({ ...config, credentials: await credentials(token) })
  await expect((await asVera()).send(new DescribeThingCommand({ thingName: 'of-vera' }))).rejects.toMatchObject({ name: 'AccessDeniedException' })

  await identity.send(new SetPrincipalTagAttributeMapCommand({ IdentityPoolId, IdentityProviderName: provider, PrincipalTags: { person: 'cognito:username', none: 'custom:unknown' } }))
  expect(await identity.send(new GetPrincipalTagAttributeMapCommand({ IdentityPoolId, IdentityProviderName: provider }))).toMatchObject({ UseDefaults: false, PrincipalTags: { person: 'cognito:username', none: 'custom:unknown' } })
  await expect(asVera()).rejects.toMatchObject({ name: 'InvalidIdentityPoolConfigurationException' })
  await trust('sts:AssumeRoleWithWebIdentity', 'sts:TagSession')
  const vera = await asVera()
  expect(await vera.send(new DescribeThingCommand({ thingName: 'of-vera' }))).toMatchObject({ thingName: 'of-vera' })
  await expect(vera.send(new DescribeThingCommand({ thingName: 'of-olga' }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('a first password must be replaced', async () => {
  const { idp, ClientId, person, enter } = await bench()
  await person('olga')
  const { ChallengeName, Session, AuthenticationResult } = await enter('olga', PASSWORD)
  expect([ChallengeName, AuthenticationResult]).toEqual(['NEW_PASSWORD_REQUIRED', undefined])
  const answer = (NEW_PASSWORD: string) => idp.send(new RespondToAuthChallengeCommand({ ChallengeName: 'NEW_PASSWORD_REQUIRED', ClientId, Session, ChallengeResponses: { USERNAME: 'olga', NEW_PASSWORD } }))
  await expect(answer('weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  expect((await answer('Much-better-2')).AuthenticationResult?.IdToken).toBeTypeOf('string')
  await expect(answer('Much-better-3')).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(enter('olga', PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Incorrect username or password.' })
})

test('a refresh token gives new tokens, until the person is disabled', async () => {
  const { idp, ClientId, UserPoolId, person, enter, lastPassword } = await bench()
  await person('rita')
  await lastPassword('rita')
  const { AuthenticationResult } = await enter('rita', PASSWORD)
  const refresh = () => idp.send(new InitiateAuthCommand({ AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId, AuthParameters: { REFRESH_TOKEN: AuthenticationResult?.RefreshToken ?? '' } }))
  expect((await refresh()).AuthenticationResult?.IdToken).toBeTypeOf('string')
  await idp.send(new AdminDisableUserCommand({ UserPoolId, Username: 'rita' }))
  await expect(refresh()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(enter('rita', PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('a token is worth nothing once its person is disabled, deleted, or another one of the same name', async () => {
  const { idp, UserPoolId, role, person, enter, credentials, lastPassword } = await bench()
  await person('vera', 'viewer', await role('viewer'))
  await lastPassword('vera')
  const token = (await enter('vera', PASSWORD)).AuthenticationResult?.IdToken ?? ''
  await credentials(token)
  const who = { UserPoolId, Username: 'vera' }
  await idp.send(new AdminDisableUserCommand(who))
  await expect(credentials(token)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await idp.send(new AdminDeleteUserCommand(who))
  await expect(credentials(token)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await person('vera')
  await expect(credentials(token)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('whoever is not vouched for gets no credentials', async () => {
  const { role, person, enter, credentials, lastPassword, UserPoolId } = await bench()
  await person('vera', 'viewer', await role('viewer'))
  await person('nina')
  await person('eve', 'other', await role('other', 'eu-central-1:another-pool'))
  for (const name of ['vera', 'nina', 'eve']) await lastPassword(name)
  const token = async (name: string) => (await enter(name, PASSWORD)).AuthenticationResult?.IdToken ?? ''
  const access = (await enter('vera', PASSWORD)).AuthenticationResult?.AccessToken ?? ''
  const vera = await token('vera')
  const [head = '', body = ''] = vera.split('.')
  const claims = { ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), 'cognito:preferred_role': 'arn:aws:iam::000000000000:role/other' }
  const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${vera.split('.')[2] ?? ''}`
  await expect(credentials('', {})).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(credentials(forged)).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Invalid login token. Token signature invalid' })
  await expect(credentials(access)).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Invalid login token. Not an identity token' })
  await expect(credentials(vera, { [`cognito-idp.eu-west-1.amazonaws.com/${UserPoolId}`]: vera })).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(credentials(await token('nina'))).rejects.toMatchObject({ name: 'NotAuthorizedException' }) // no group, and the pool denies then
  await expect(credentials(await token('eve'))).rejects.toMatchObject({ name: 'InvalidIdentityPoolConfigurationException' }) // its role trusts another pool
})

test('messages and shadows need an AWS IoT policy attached to the identity beside the role, the registry does not', async () => {
  const { config, role, person, enter, credentials, identityId, forget, lastPassword } = await bench()
  await person('vera', 'viewer', await role('viewer'))
  await lastPassword('vera')
  const token = (await enter('vera', PASSWORD)).AuthenticationResult?.IdToken ?? ''
  const [account, own] = [new IoTClient(config), { ...config, credentials: await credentials(token) }]
  const data = new IoTDataPlaneClient(own)
  const shadow = () => data.send(new GetThingShadowCommand({ thingName: 't', shadowName: 'led' }))
  await account.send(new CreateThingCommand({ thingName: 't' }))
  expect(await new IoTClient(own).send(new DescribeThingCommand({ thingName: 't' }))).toMatchObject({ thingName: 't' })
  await expect(shadow()).rejects.toMatchObject({ name: 'ForbiddenException' })

  const [policyName, target] = ['people', await identityId(token)]
  await account.send(new CreatePolicyCommand({ policyName, policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:GetThingShadow', Resource: '*' }] }) }))
  await account.send(new AttachPolicyCommand({ policyName, target }))
  expect((await account.send(new ListTargetsForPolicyCommand({ policyName }))).targets).toEqual([target])
  await expect(shadow()).rejects.toMatchObject({ name: 'ResourceNotFoundException' }) // allowed, and there is none
  await expect(data.send(new PublishCommand({ topic: 'a' }))).rejects.toMatchObject({ name: 'ForbiddenException' }) // the role alone would

  await account.send(new DetachPolicyCommand({ policyName, target }))
  await expect(shadow()).rejects.toMatchObject({ name: 'ForbiddenException' })
  await forget(target)
  expect(await identityId(token)).not.toBe(target)
})
