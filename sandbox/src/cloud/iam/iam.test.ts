// sandbox/src/cloud/iam/iam.test.ts: IAM and STS through the real SDK clients, and what their credentials may do afterwards.
import { generateKeyPairSync, sign } from 'node:crypto'
import {
  AttachRolePolicyCommand, CreateOpenIDConnectProviderCommand, CreatePolicyCommand, CreatePolicyVersionCommand, CreateRoleCommand, DeletePolicyCommand, DeleteRoleCommand, DeleteRolePermissionsBoundaryCommand, DeleteRolePolicyCommand,
  DetachRolePolicyCommand, GetOpenIDConnectProviderCommand, GetPolicyVersionCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand, ListRolesCommand,
  ListRoleTagsCommand, PutRolePolicyCommand, TagRoleCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand, UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cloudClock } from '../clock.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT, ACCOUNT_KEY, openTestGateway } from '../wire/testing.ts'
import { openIam } from './iam.ts'
import type { KeysOfIssuer } from './web-identity-token.ts'

async function open(keysOfIssuer?: KeysOfIssuer) {
  const store = openStore(':memory:')
  onTestFinished(() => store[Symbol.dispose]())
  const clock = cloudClock(store)
  const iam = openIam({ store, clock, account: ACCOUNT, rootKey: ACCOUNT_KEY, ...(keysOfIssuer ? { keysOfIssuer } : {}) })
  const gateway = await openTestGateway({ services: iam.services, identities: iam.identities, clock })
  const client = new IAMClient(gateway.client())
  const sts = new STSClient(gateway.client())
  const as = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined } = {}) =>
    gateway.client({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, ...{ sessionToken: SessionToken } })
  return { ...gateway, iam, clock, client, sts, as }
}

const trusting = (principal: unknown, more: object = {}) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }] })
const allowing = (action: string, resource: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] })
const OWN_ACCOUNT = trusting({ AWS: 'arn:aws:iam::000000000000:root' })
const ROLE_ARN = 'arn:aws:iam::000000000000:role/worker'

describe('roles', () => {
  test('are made, told, changed and deleted', async () => {
    const { client } = await open()
    const created = await client.send(new CreateRoleCommand({ RoleName: 'worker', Path: '/fleet/', AssumeRolePolicyDocument: OWN_ACCOUNT, Description: 'd', Tags: [{ Key: 'a', Value: '1' }] }))
    expect(created.Role).toMatchObject({ Arn: 'arn:aws:iam::000000000000:role/fleet/worker', RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/), MaxSessionDuration: 3600 })
    await client.send(new UpdateRoleCommand({ RoleName: 'worker', MaxSessionDuration: 7200 }))
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'worker', PolicyDocument: trusting({ Service: 'iot.amazonaws.com' }) }))
    await client.send(new TagRoleCommand({ RoleName: 'worker', Tags: [{ Key: 'a', Value: '2' }, { Key: 'b', Value: '3' }] }))
    await client.send(new UntagRoleCommand({ RoleName: 'worker', TagKeys: ['b'] }))
    const { Role } = await client.send(new GetRoleCommand({ RoleName: 'worker' }))
    expect(Role).toMatchObject({ MaxSessionDuration: 7200, Description: 'd' })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trusting({ Service: 'iot.amazonaws.com' }))
    expect((await client.send(new ListRoleTagsCommand({ RoleName: 'worker' }))).Tags).toEqual([{ Key: 'a', Value: '2' }])
    await client.send(new DeleteRoleCommand({ RoleName: 'worker' }))
    await expect(client.send(new GetRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ name: 'NoSuchEntityException' })
  })

  test('come in pages', async () => {
    const { client } = await open()
    for (const name of ['a1', 'a2', 'a3']) await client.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: OWN_ACCOUNT }))
    const first = await client.send(new ListRolesCommand({ MaxItems: 2 }))
    expect(first).toMatchObject({ IsTruncated: true, Roles: [{ RoleName: 'a1' }, { RoleName: 'a2' }] })
    expect(await client.send(new ListRolesCommand({ MaxItems: 2, Marker: first.Marker }))).toMatchObject({ IsTruncated: false, Roles: [{ RoleName: 'a3' }] })
    await expect(client.send(new ListRolesCommand({ Marker: 'mine' }))).rejects.toMatchObject({ name: 'ValidationError' })
  })

  test('come in pages with what hangs on them', async () => {
    const { client } = await open()
    await client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: OWN_ACCOUNT, Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }] }))
    for (const name of ['p', 'q']) await client.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: name, PolicyDocument: allowing('s3:GetObject', '*') }))
    const tags = await client.send(new ListRoleTagsCommand({ RoleName: 'worker', MaxItems: 1 }))
    expect(tags).toMatchObject({ Tags: [{ Key: 'a' }], IsTruncated: true })
    expect(await client.send(new ListRoleTagsCommand({ RoleName: 'worker', MaxItems: 1, Marker: tags.Marker }))).toMatchObject({ Tags: [{ Key: 'b' }], IsTruncated: false })
    expect(await client.send(new ListRolePoliciesCommand({ RoleName: 'worker', MaxItems: 1 }))).toMatchObject({ PolicyNames: ['p'], IsTruncated: true })
  })

  test('may do what their policies and their boundary both allow', async () => {
    const { client, sts, as } = await open()
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: 'bound', PolicyDocument: allowing('iam:GetRole', '*') }))
    const { Role } = await client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: OWN_ACCOUNT, PermissionsBoundary: Policy?.Arn }))
    expect(Role?.PermissionsBoundary).toEqual({ PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: Policy?.Arn })
    await client.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p', PolicyDocument: allowing('iam:*', '*') }))
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'one' }))
    const worker = new IAMClient(as(Credentials))
    await worker.send(new GetRoleCommand({ RoleName: 'worker' }))
    await expect(worker.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
    await client.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'worker' }))
    await worker.send(new ListRolesCommand({}))
  })

  test('may do in a session what its managed policies allow', async () => {
    const { client, sts, as } = await open()
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: 'narrow', PolicyDocument: allowing('iam:GetRole', '*') }))
    await client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: OWN_ACCOUNT }))
    await client.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p', PolicyDocument: allowing('iam:*', '*') }))
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'one', PolicyArns: [{ arn: Policy?.Arn }] }))
    const worker = new IAMClient(as(Credentials))
    await worker.send(new GetRoleCommand({ RoleName: 'worker' }))
    await expect(worker.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('have inline policies, and cannot be deleted with them', async () => {
    const { client } = await open()
    await client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: OWN_ACCOUNT }))
    await client.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p', PolicyDocument: allowing('s3:GetObject', '*') }))
    expect((await client.send(new ListRolePoliciesCommand({ RoleName: 'worker' }))).PolicyNames).toEqual(['p'])
    expect(decodeURIComponent((await client.send(new GetRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p' }))).PolicyDocument ?? '')).toBe(allowing('s3:GetObject', '*'))
    await expect(client.send(new DeleteRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ name: 'DeleteConflictException', message: 'Cannot delete entity, must delete policies first.' })
    await client.send(new DeleteRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p' }))
    await client.send(new DeleteRoleCommand({ RoleName: 'worker' }))
  })

  test('take managed policies, AWS’s and own', async () => {
    const { client } = await open()
    await client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: OWN_ACCOUNT }))
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: allowing('s3:*', '*') }))
    for (const PolicyArn of [Policy?.Arn, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']) await client.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn }))
    expect((await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'worker' }))).AttachedPolicies?.map(({ PolicyName }) => PolicyName)).toEqual(['own', 'AWSLambdaBasicExecutionRole'])
    await expect(client.send(new DeletePolicyCommand({ PolicyArn: Policy?.Arn }))).rejects.toMatchObject({ name: 'DeleteConflictException' })
    await expect(client.send(new DeleteRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ message: 'Cannot delete entity, must detach all policies first.' })
    await client.send(new DetachRolePolicyCommand({ RoleName: 'worker', PolicyArn: Policy?.Arn }))
    await client.send(new CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, PolicyDocument: allowing('iot:*', '*'), SetAsDefault: true }))
    expect((await client.send(new GetPolicyVersionCommand({ PolicyArn: Policy?.Arn, VersionId: 'v2' }))).PolicyVersion).toMatchObject({ IsDefaultVersion: true })
    await expect(client.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/Unknown' }))).rejects.toMatchObject({ name: 'NoSuchEntityException', message: expect.stringContaining('AWSLambdaBasicExecutionRole') })
  })

  test.each([
    ['twice', { RoleName: 'taken', AssumeRolePolicyDocument: OWN_ACCOUNT }, 'EntityAlreadyExistsException'],
    ['with a bad name', { RoleName: 'a b', AssumeRolePolicyDocument: OWN_ACCOUNT }, 'ValidationError'],
    ['with bad JSON', { RoleName: 'x', AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException'],
    ['with a resource in its trust policy', { RoleName: 'x', AssumeRolePolicyDocument: trusting('*', { Resource: '*' }) }, 'MalformedPolicyDocumentException'],
    ['with a trust policy that is too long', { RoleName: 'x', AssumeRolePolicyDocument: trusting({ AWS: Array(60).fill(ROLE_ARN) }) }, 'LimitExceededException'],
    ['without a trust policy', { RoleName: 'x', AssumeRolePolicyDocument: undefined }, 'ValidationError'],
  ])('are refused %s', async (_case, input, name) => {
    const { client } = await open()
    await client.send(new CreateRoleCommand({ RoleName: 'taken', AssumeRolePolicyDocument: OWN_ACCOUNT }))
    await expect(client.send(new CreateRoleCommand(input))).rejects.toMatchObject({ name })
  })
})

describe('sessions', () => {
  async function withWorker(rolePolicy = allowing('iam:GetRole', ROLE_ARN), trust = OWN_ACCOUNT) {
    const opened = await open()
    await opened.client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust }))
    await opened.client.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p', PolicyDocument: rolePolicy }))
    return opened
  }

  test('may do what the role’s policies allow, and nothing else', async () => {
    const { sts, as } = await withWorker()
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'me@work' }))
    const worker = new IAMClient(as(Credentials))
    expect((await new STSClient(as(Credentials)).send(new GetCallerIdentityCommand({}))).Arn).toBe('arn:aws:sts::000000000000:assumed-role/worker/me@work')
    expect((await worker.send(new GetRoleCommand({ RoleName: 'worker' }))).Role?.RoleName).toBe('worker')
    await expect(worker.send(new DeleteRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:sts::000000000000:assumed-role/worker/me@work is not authorized to perform: iam:DeleteRole on resource: ${ROLE_ARN} because no identity-based policy allows the iam:DeleteRole action`,
    })
  })

  test('follow changes of the role at once', async () => {
    const { sts, as, client } = await withWorker()
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'me' }))
    const worker = new IAMClient(as(Credentials))
    await worker.send(new GetRoleCommand({ RoleName: 'worker' }))
    await client.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'no', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }) }))
    await expect(worker.send(new GetRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ message: expect.stringContaining('with an explicit deny in an identity-based policy') })
    for (const PolicyName of ['p', 'no']) await client.send(new DeleteRolePolicyCommand({ RoleName: 'worker', PolicyName }))
    await client.send(new DeleteRoleCommand({ RoleName: 'worker' }))
    await expect(worker.send(new GetRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  })

  test('are narrowed by a session policy', async () => {
    const { sts, as } = await withWorker(allowing('iam:*', '*'))
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'me', Policy: allowing('iam:GetRole', '*') }))
    const worker = new IAMClient(as(Credentials))
    await worker.send(new GetRoleCommand({ RoleName: 'worker' }))
    await expect(worker.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('end', async () => {
    const { sts, as, clock } = await withWorker()
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'me', DurationSeconds: 900 }))
    clock.advance(901_000)
    const late = new STSClient({ ...as(Credentials), systemClockOffset: 901_000 })
    await expect(late.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' })
  })

  test('age on demand, of one role alone; what is lent afterwards lives its whole time', async () => {
    const { sts, as, iam } = await withWorker()
    const lent = async () => (await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'me', DurationSeconds: 900 }))).Credentials
    const ask = (credentials: Awaited<ReturnType<typeof lent>>) => new STSClient(as(credentials)).send(new GetCallerIdentityCommand({}))
    const before = await lent()
    expect([iam.ageSessions('worker', 800_000), iam.ageSessions('other', 800_000)]).toEqual([1, 0])
    await ask(before)
    expect(iam.ageSessions('worker', 100_000)).toBe(1)
    await expect(ask(before)).rejects.toMatchObject({ name: 'ExpiredToken' })
    await ask(await lent())
  })

  test.each([
    ['a role that does not trust the caller', { RoleArn: ROLE_ARN, RoleSessionName: 'me' }, trusting({ Service: 'iot.amazonaws.com' }), 'AccessDenied'],
    ['a role that is not there', { RoleArn: 'arn:aws:iam::000000000000:role/none', RoleSessionName: 'me' }, OWN_ACCOUNT, 'AccessDenied'],
    ['longer than the role allows', { RoleArn: ROLE_ARN, RoleSessionName: 'me', DurationSeconds: 7200 }, OWN_ACCOUNT, 'ValidationError'],
    ['with a bad session name', { RoleArn: ROLE_ARN, RoleSessionName: 'a/b' }, OWN_ACCOUNT, 'ValidationError'],
  ])('of %s are refused', async (_case, input, trust, name) => {
    const { sts } = await withWorker(undefined, trust)
    await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({ name })
  })

  test('bring along what a service says of them, for variables in the role’s policies', async () => {
    const { iam, as } = await withWorker(allowing('iam:GetRole', 'arn:aws:iam::000000000000:role/${credentials-iot:ThingName}'), trusting({ Service: 'credentials.iot.amazonaws.com' }))
    const session = (thing: string) => iam.roleSessions.assume({ roleArn: ROLE_ARN, service: 'credentials.iot.amazonaws.com', sessionName: thing, durationSeconds: 900, context: { 'credentials-iot:ThingName': thing } })
    const client = (thing: string) => {
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = session(thing)
      return new IAMClient(as({ AccessKeyId, SecretAccessKey, SessionToken }))
    }
    await client('worker').send(new GetRoleCommand({ RoleName: 'worker' }))
    await expect(client('other').send(new GetRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('are given to the services that the role trusts', async () => {
    const { iam } = await withWorker(allowing('s3:GetObject', 'arn:aws:s3:::b/*'), trusting({ Service: ['lambda.amazonaws.com'] }, { Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }))
    const request = { roleArn: ROLE_ARN, sessionName: 'f', durationSeconds: 3600 }
    expect(iam.identities.byAccessKey(iam.roleSessions.assume({ ...request, service: 'lambda.amazonaws.com' }).accessKeyId)?.principal).toMatchObject({ roleName: 'worker' })
    expect(() => iam.roleSessions.assume({ ...request, service: 'iot.amazonaws.com' })).toThrow(expect.objectContaining({ code: 'AccessDenied' }))
    expect([iam.roleSessions.permits(ROLE_ARN, 's3:GetObject', 'arn:aws:s3:::b/x'), iam.roleSessions.permits(ROLE_ARN, 's3:PutObject', 'arn:aws:s3:::b/x'), iam.roleSessions.permits(`${ROLE_ARN}2`, 's3:GetObject', 'arn:aws:s3:::b/x')]).toEqual([true, false, false])
  })
})

describe('web identities', () => {
  const ISSUER = 'https://token.actions.githubusercontent.com'
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = async () => [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }]
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = (claims: object, header: object = { alg: 'RS256', kid: 'k1' }) => {
    const text = `${part(header)}.${part({ iss: ISSUER, aud: 'sts.amazonaws.com', sub: 'repo:me/it:ref:refs/heads/main', exp: Date.now() / 1000 + 300, ...claims })}`
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
  }
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com' }, Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' }, StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:me/it:*' } } },
  })
  async function assume(webIdentityToken: string) {
    const { client, endpoint } = await open(keys)
    await client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] }))
    expect(await client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: 'arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com' }))).toMatchObject({ Url: 'token.actions.githubusercontent.com' })
    await client.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust }))
    // Without credentials: this call is not signed.
    return new STSClient({ endpoint, region: 'eu-central-1', maxAttempts: 1 }).send(new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'ci', WebIdentityToken: webIdentityToken }))
  }

  test('assume the role that trusts them, unsigned', async () => {
    expect(await assume(token({}))).toMatchObject({ Audience: 'sts.amazonaws.com', SubjectFromWebIdentityToken: 'repo:me/it:ref:refs/heads/main', AssumedRoleUser: { Arn: 'arn:aws:sts::000000000000:assumed-role/worker/ci' } })
  })

  test.each([
    ['of another repository', token({ sub: 'repo:you/it:ref:refs/heads/main' }), 'AccessDenied'],
    ['for another audience', token({ aud: 'someone' }), 'InvalidIdentityTokenException'],
    ['of an unknown issuer', token({ iss: 'https://example.com' }), 'InvalidIdentityTokenException'],
    ['that expired', token({ exp: 1 }), 'ExpiredTokenException'],
    ['with another key', token({}, { alg: 'RS256', kid: 'k2' }), 'InvalidIdentityTokenException'],
    ['with no algorithm', token({}, { alg: 'none', kid: 'k1' }), 'InvalidIdentityTokenException'],
    ['that was changed', token({}).replace(/\.[^.]+\./, `.${part({ iss: ISSUER, aud: 'sts.amazonaws.com', sub: 'repo:me/it:x', exp: 9e9 })}.`), 'InvalidIdentityTokenException'],
    ['that is none', 'hello', 'InvalidIdentityTokenException'],
  ])('%s are refused', async (_case, webIdentityToken, name) => {
    await expect(assume(webIdentityToken)).rejects.toMatchObject({ name })
  })
})
