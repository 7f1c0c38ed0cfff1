// sandbox/src/operator/github-grants.test.ts: the role of the workflows can do what the workflows do, with the twin judging each call by its policy.
import { join } from 'node:path'
import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { claimKeys } from '@fleet/contract/names'
import { planReconcile, reconcile } from '@fleet/ops/allowlist/reconcile'
import { bootstrap } from '@fleet/ops/bootstrap/bootstrap'
import type { PolicyDocument } from '@fleet/ops/bootstrap/boundary'
import { deployGrants, planGrants } from '@fleet/ops/bootstrap/github-grants'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy, previewDeploy } from '@fleet/ops/deploy/deploy'
import { plainOciBuilder } from '@fleet/ops/release/plain-oci'
import { planOfRelease, publishRelease } from '@fleet/ops/release/publish-release'
import { destroy } from '@fleet/ops/teardown/destroy'
import type { Target } from '@fleet/ops/target/target'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage, type TestStage } from './testing.ts'

const ALL = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })
const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT.accountId}:root` }, Action: 'sts:AssumeRole' }] })

/** The same stage, by a role that may do this and no more. */
async function actingWith(grants: PolicyDocument, { cloud, target }: TestStage): Promise<Target> {
  const config = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  const iam = new IAMClient(config)
  await iam.send(new CreateRoleCommand({ RoleName: 'workflow', AssumeRolePolicyDocument: TRUST }))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'workflow', PolicyName: 'deploy', PolicyDocument: JSON.stringify(grants) }))
  const { Credentials } = await new STSClient(config).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT.accountId}:role/workflow`, RoleSessionName: 'test' }))
  vi.stubEnv('AWS_ACCESS_KEY_ID', Credentials?.AccessKeyId ?? '')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', Credentials?.SecretAccessKey ?? '')
  vi.stubEnv('AWS_SESSION_TOKEN', Credentials?.SessionToken ?? '')
  onTestFinished(() => void vi.unstubAllEnvs())
  return { ...target, kind: 'endpoint', credentials: undefined, sandbox: undefined }
}

test('deploy, release, allowlist and destroy are allowed to the deploy role, and neither the claim, nor what is of others, nor itself', async () => {
  const stage = await openTestStage()
  await bootstrap(stage.target)
  const target = await actingWith(deployGrants(stage.target.stage), stage)
  const engine = chosenEngine(target, { FLEET_STACK_STATE: join(stage.folder, 'stack') })
  await deploy(target, { engine })
  await reconcile(target, {})
  await publishRelease(target, { builder: async () => plainOciBuilder })
  await deploy(target, { engine })
  const mine = new S3Client({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, forcePathStyle: true })
  await expect(mine.send(new DeleteObjectCommand({ Bucket: NAMES.stateBucket, Key: claimKeys.privateKey }))).rejects.toMatchObject({ name: 'AccessDenied' })
  await expect(mine.send(new CreateBucketCommand({ Bucket: 'of-another-project' }))).rejects.toMatchObject({ name: 'AccessDenied' })
  const myIam = new IAMClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region })
  await expect(myIam.send(new PutRolePolicyCommand({ RoleName: 'workflow', PolicyName: 'deploy', PolicyDocument: ALL }))).rejects.toMatchObject({ name: 'AccessDenied' })
  const { left } = await destroy(target, { engine, purgesDevices: false, approve: async () => true, report() {}, onProgress() {}, now: () => new Date(), signal: new AbortController().signal })
  expect(left).toEqual([])
}, 180_000)

test('the role of a pull request may see what would change, and not the key of the claim', async () => {
  const stage = await openTestStage()
  await bootstrap(stage.target)
  const engine = chosenEngine(stage.target, {})
  await deploy(stage.target, { engine })
  await reconcile(stage.target, {})
  const target = await actingWith(planGrants(stage.target.stage), stage)
  expect((await previewDeploy(target, { engine })).changes).toEqual([])
  expect((await planReconcile(target, {})).uploads).toBe(false)
  expect((await planOfRelease(target)).current).toBeUndefined()
  const mine = new S3Client({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, forcePathStyle: true })
  await expect(mine.send(new GetObjectCommand({ Bucket: NAMES.stateBucket, Key: claimKeys.privateKey }))).rejects.toMatchObject({ name: 'AccessDenied' })
  await expect(deploy(target, { engine })).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('bootstrap makes provider and roles for one repository and its environments, and says what to set there; again, it writes nothing', async () => {
  const stage = await openTestStage()
  const first = await stage.fleet(['bootstrap', '--repository', 'acme/fleet'])
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/environment dev: variables FLEET_DEPLOY_ROLE = arn:aws:iam::0{12}:role\/fleet-dev-workflow-deploy, FLEET_REGION = eu-central-1; deployment branch main alone/) })
  const iam = new IAMClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const trustOf = async (RoleName: string) => (JSON.parse(decodeURIComponent((await iam.send(new GetRoleCommand({ RoleName }))).Role?.AssumeRolePolicyDocument ?? '')) as { Statement: { Condition: unknown }[] }).Statement.map(({ Condition }) => Condition)
  const trust = (environment: string) => [{ StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com', 'token.actions.githubusercontent.com:sub': `repo:acme/fleet:environment:${environment}` } }]
  expect(await trustOf('fleet-dev-workflow-deploy')).toEqual(trust('dev'))
  expect(await trustOf('fleet-dev-workflow-plan')).toEqual(trust('dev-plan'))
  const outcomes = async () => (JSON.parse((await stage.fleet(['bootstrap', '--repository', 'acme/fleet', '--json'])).out) as { github: { provider: string; roles: { outcome: string }[] } }).github
  expect(await outcomes()).toMatchObject({ provider: 'kept', roles: [{ outcome: 'kept' }, { outcome: 'kept' }] })
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'fleet-dev-workflow-plan', PolicyDocument: TRUST })) // by hand
  expect(await outcomes()).toMatchObject({ roles: [{ outcome: 'kept' }, { outcome: 'updated' }] })
  expect(await stage.fleet(['bootstrap', '--repository', 'acme/*'])).toMatchObject({ code: 2, err: expect.stringContaining('is no repository') })
})
