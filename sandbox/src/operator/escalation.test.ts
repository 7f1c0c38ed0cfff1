// sandbox/src/operator/escalation.test.ts: who may deploy a stage cannot give itself more than that, with the twin judging each call by the policies that bootstrap wrote.
import {
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  AttachRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { boundary, boundaryArn, type Statement } from '@fleet/ops/bootstrap/boundary'
import { ensureBoundary } from '@fleet/ops/bootstrap/ensure-boundary'
import { deployGrants } from '@fleet/ops/bootstrap/github-grants'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { expect, test, vi } from 'vitest'
import { inlinePackage } from '../cloud/cloud-control/types/inline-code.ts'
import { ACCOUNT, KEY, NAMES, openTestStage, type TestStage } from './testing.ts'

const ALL = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })
const trust = (Principal: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] })
const LAMBDA = trust({ Service: 'lambda.amazonaws.com' })
const STAGE = { stage: 'dev', ...ACCOUNT }
const BOUNDARY = boundaryArn(STAGE)
const DENIED = { name: expect.stringMatching(/^AccessDenied/) as unknown }

/** Clients of the account itself, and of somebody who holds what bootstrap gives the workflows. */
async function parties({ cloud, target }: TestStage) {
  const config = { endpoint: cloud.endpoints.http, region: ACCOUNT.region }
  const root = new IAMClient({ ...config, credentials: KEY })
  await ensureBoundary(root, STAGE)
  await root.send(new CreateRoleCommand({ RoleName: 'workflow', AssumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::${ACCOUNT.accountId}:root` }) }))
  await root.send(new PutRolePolicyCommand({ RoleName: 'workflow', PolicyName: 'deploy', PolicyDocument: JSON.stringify(deployGrants(target.stage)) }))
  const { Credentials } = await new STSClient({ ...config, credentials: KEY }).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT.accountId}:role/workflow`, RoleSessionName: 'test' }))
  const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' }
  return { root, workflow: new IAMClient({ ...config, credentials }), lambda: new LambdaClient({ ...config, credentials }), credentials }
}

test('the workflows make roles within the boundary alone, and change neither it nor a role without it', async () => {
  const { root, workflow } = await parties(await openTestStage())
  const role = { RoleName: 'mine', Path: NAMES.rolePath, AssumeRolePolicyDocument: LAMBDA }
  await expect(workflow.send(new CreateRoleCommand(role))).rejects.toMatchObject(DENIED)
  await expect(workflow.send(new CreateRoleCommand({ ...role, PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' }))).rejects.toMatchObject(DENIED)
  await expect(workflow.send(new CreateRoleCommand({ ...role, Path: '/', PermissionsBoundary: BOUNDARY }))).rejects.toMatchObject(DENIED)
  await workflow.send(new CreateRoleCommand({ ...role, PermissionsBoundary: BOUNDARY }))
  await workflow.send(new PutRolePolicyCommand({ RoleName: 'mine', PolicyName: 'all', PolicyDocument: ALL })) // grants what the boundary grants, and no more
  await expect(workflow.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'mine' }))).rejects.toMatchObject(DENIED)
  await expect(workflow.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'mine', PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' }))).rejects.toMatchObject(DENIED)
  await expect(workflow.send(new CreatePolicyVersionCommand({ PolicyArn: BOUNDARY, PolicyDocument: ALL, SetAsDefault: true }))).rejects.toMatchObject(DENIED)

  await root.send(new CreateRoleCommand({ RoleName: 'unbounded', Path: NAMES.rolePath, AssumeRolePolicyDocument: LAMBDA })) // as of a stack that was made before there was a boundary
  await expect(workflow.send(new PutRolePolicyCommand({ RoleName: 'unbounded', PolicyName: 'all', PolicyDocument: ALL }))).rejects.toMatchObject(DENIED)
  await expect(workflow.send(new AttachRolePolicyCommand({ RoleName: 'unbounded', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }))).rejects.toMatchObject(DENIED)
  await workflow.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'unbounded', PermissionsBoundary: BOUNDARY })) // the deploy that brings it
})

test('a function of the workflows, with a role that allows all, can do nothing but what the boundary says', async () => {
  const { root, workflow, lambda } = await parties(await openTestStage())
  await workflow.send(new CreateRoleCommand({ RoleName: 'mine', Path: NAMES.rolePath, AssumeRolePolicyDocument: LAMBDA, PermissionsBoundary: BOUNDARY }))
  await workflow.send(new PutRolePolicyCommand({ RoleName: 'mine', PolicyName: 'all', PolicyDocument: ALL }))
  await root.send(new CreateRoleCommand({ RoleName: 'administrator', AssumeRolePolicyDocument: LAMBDA }))
  const roleArn = (path: string) => `arn:aws:iam::${ACCOUNT.accountId}:role${path}`
  const code = `const { IAMClient, PutRolePolicyCommand } = require('@aws-sdk/client-iam')
exports.handler = () => new IAMClient({}).send(new PutRolePolicyCommand({ RoleName: 'workflow', PolicyName: 'deploy', PolicyDocument: ${JSON.stringify(ALL)} })).then(() => 'escalated', (error) => error.name)`
  const made = (Role: string) => new CreateFunctionCommand({ FunctionName: `${NAMES.thingGroup}-mine`, Role, Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: inlinePackage(code) } })
  await expect(lambda.send(made(roleArn('/administrator')))).rejects.toMatchObject(DENIED)
  await lambda.send(made(roleArn(`${NAMES.rolePath}mine`)))
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: `${NAMES.thingGroup}-mine` }))
  expect(Payload?.transformToString()).toMatch(/AccessDenied/)
})

test('without the boundary, or with an older one, the workflows are told to have it brought up to date, and change nothing', async () => {
  const stage = await openTestStage()
  const { root, credentials } = await parties(stage)
  await root.send(new CreatePolicyVersionCommand({ PolicyArn: BOUNDARY, PolicyDocument: ALL, SetAsDefault: true }))
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken)
  const target = { ...stage.target, kind: 'endpoint' as const, credentials: undefined, sandbox: undefined }
  await expect(deploy(target, { engine: chosenEngine(target, { FLEET_STACK_STATE: `${stage.folder}/stack` }) })).rejects.toMatchObject({ code: 'BOUNDARY_OUTDATED' })
  vi.unstubAllEnvs()
  expect((await root.send(new ListRolesCommand({ PathPrefix: NAMES.rolePath }))).Roles).toEqual([])
  expect(await ensureBoundary(root, STAGE)).toBe('updated')
  expect(await ensureBoundary(root, STAGE)).toBe('kept')
  for (let version = 0; version < 5; version++) {
    await root.send(new CreatePolicyVersionCommand({ PolicyArn: BOUNDARY, PolicyDocument: ALL, SetAsDefault: true })).catch(() => undefined) // by hand, until there is no room
    await ensureBoundary(root, STAGE)
  }
  expect(await ensureBoundary(root, STAGE)).toBe('kept')
})

test('the boundary covers all that the roles of the stack are granted, and is not longer than IAM takes', async () => {
  const stage = await openTestStage()
  await deploy(stage.target, { engine: chosenEngine(stage.target, {}) })
  const iam = new IAMClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: NAMES.rolePath }))
  const granted = (await Promise.all(Roles.map(({ RoleName }) => statementsOf(iam, RoleName ?? '')))).flat()
  expect(granted.length).toBeGreaterThan(20)
  const uncovered = granted.flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.filter((resource) => !isCovered(action, resource)).map((resource) => `${action} on ${resource}`)))
  expect(uncovered).toEqual([])
  expect(isCovered('iam:PutRolePolicy', '*')).toBe(false)
  const longest = JSON.stringify(boundary({ stage: 'a'.repeat(20), accountId: ACCOUNT.accountId, region: 'ap-southeast-99' }))
  expect(longest.length).toBeLessThanOrEqual(6144)
})

/** Of its own policies, and of AWS's. */
async function statementsOf(iam: IAMClient, RoleName: string): Promise<Statement[]> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
  expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(BOUNDARY)
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }))
  const documents = await Promise.all(PolicyNames.map(async (PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument))
  if (RoleName.includes('auditor')) documents.push((await iam.send(new GetPolicyVersionCommand({ PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit', VersionId: 'v3' }))).PolicyVersion?.Document)
  return documents.flatMap((document = '') => (JSON.parse(decodeURIComponent(document)) as { Statement: { Action: string[]; Resource: string | string[] }[] }).Statement.map((each) => ({ Sid: '', Effect: 'Allow' as const, Action: each.Action, Resource: [each.Resource].flat() })))
}

/** A pattern of the boundary that matches the pattern of the grant, letter by letter, covers it. */
const isCovered = (action: string, resource: string): boolean =>
  boundary(STAGE).Statement.some(({ Action, Resource }) => Action.some((pattern) => matches(pattern, action)) && Resource.some((pattern) => matches(pattern, resource)))

const matches = (pattern: string, text: string) => new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text)
