// sandbox/src/operator/secrets-key.test.ts: the key of a stage's secrets: bootstrap makes one, and the workflows of that stage may use it.
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateAliasCommand, CreateKeyCommand, DecryptCommand, DescribeKeyCommand, EncryptCommand, GetKeyRotationStatusCommand, KMSClient, ListKeysCommand, ListResourceTagsCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { bootstrap } from '@fleet/ops/bootstrap/bootstrap'
import { deployGrants, planGrants } from '@fleet/ops/bootstrap/github-grants'
import { planBootstrap } from '@fleet/ops/bootstrap/plan'
import { ensureSecretsKey } from '@fleet/ops/bootstrap/secrets-key'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage, type TestStage } from './testing.ts'

const ALIAS = NAMES.secretsKeyAlias
const Plaintext = Buffer.from('the data key of a state')
const DENIED = { name: 'AccessDeniedException' }
const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT.accountId}:root` }, Action: 'sts:AssumeRole' }] })
const ENABLE_IAM = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT.accountId}:root` }, Action: 'kms:*', Resource: '*' }] })

const configOf = ({ cloud }: TestStage) => ({ endpoint: cloud.endpoints.http, region: ACCOUNT.region, maxAttempts: 1 })
const kmsOf = (stage: TestStage) => new KMSClient({ ...configOf(stage), credentials: KEY })
const bucketsOf = async ({ s3 }: TestStage) => (await s3.send(new ListBucketsCommand({}))).Buckets ?? []
const keysOf = async (kms: KMSClient) => (await kms.send(new ListKeysCommand({}))).Keys ?? []

/** KMS for a role of this name, with this policy. */
async function actingAs(RoleName: string, grants: object | undefined, stage: TestStage): Promise<KMSClient> {
  const iam = new IAMClient({ ...configOf(stage), credentials: KEY })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }))
  if (grants) await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: JSON.stringify(grants) }))
  const { Credentials } = await new STSClient({ ...configOf(stage), credentials: KEY }).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT.accountId}:role/${RoleName}`, RoleSessionName: 'test' }))
  return new KMSClient({ ...configOf(stage), credentials: { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' } })
}

test('bootstrap makes one key, rotated and tagged; again it is kept, and what was changed is set again', async () => {
  const stage = await openTestStage()
  const kms = kmsOf(stage)
  expect(await planBootstrap(stage.target, undefined)).toMatchObject({ secretsKeyAlias: 'alias/fleet-dev-secrets', hasSecretsKey: false })
  expect((await bootstrap(stage.target)).secretsKey).toEqual({ alias: 'alias/fleet-dev-secrets', outcome: 'made' })
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: ALIAS }))
  const KeyId = KeyMetadata?.KeyId
  expect((await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled).toBe(true)
  expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([{ TagKey: 'project', TagValue: 'fleetwright' }, { TagKey: 'stage', TagValue: 'dev' }])
  expect((await bootstrap(stage.target)).secretsKey.outcome).toBe('kept')
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: ENABLE_IAM }))
  expect((await bootstrap(stage.target)).secretsKey.outcome).toBe('completed')
  expect((await bootstrap(stage.target)).secretsKey.outcome).toBe('kept')
  expect(await planBootstrap(stage.target, undefined)).toMatchObject({ hasSecretsKey: true })
  expect(await keysOf(kms)).toHaveLength(1)
})

test('an alias that is somebody else’s is told before anything is made, and their key stays as it was', async () => {
  const stage = await openTestStage()
  const kms = kmsOf(stage)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'project', TagValue: 'another' }] }))
  await kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyMetadata?.KeyId }))
  expect(await stage.fleet(['bootstrap', '--yes'])).toMatchObject({ code: 1, err: expect.stringMatching(/alias\/fleet-dev-secrets is there already[^]*Look whose it is[^]*SECRETS_KEY_TAKEN/) })
  await expect(planBootstrap(stage.target, undefined)).rejects.toMatchObject({ code: 'SECRETS_KEY_TAKEN' })
  expect(await bucketsOf(stage)).toEqual([])
  expect((await kms.send(new GetKeyRotationStatusCommand({ KeyId: KeyMetadata?.KeyId }))).KeyRotationEnabled).toBe(false)
})

test('a key that is to be deleted is no key: it says how to keep it', async () => {
  const stage = await openTestStage()
  const kms = kmsOf(stage)
  await bootstrap(stage.target)
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: ALIAS }))
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId }))
  await expect(bootstrap(stage.target)).rejects.toMatchObject({ code: 'SECRETS_KEY_UNUSABLE', remedy: expect.stringContaining('cancel-key-deletion') })
})

test('two that find no key at the same time leave one that costs something', async () => {
  const stage = await openTestStage()
  const kms = kmsOf(stage)
  const outcomes = await Promise.all([1, 2, 3].map(() => ensureSecretsKey(kmsOf(stage), stage.target.stage, undefined)))
  expect(outcomes.filter((outcome) => outcome !== 'kept').length).toBeGreaterThan(0)
  const states = await Promise.all((await keysOf(kms)).map(async ({ KeyId }) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState))
  expect(states.filter((state) => state === 'Enabled')).toHaveLength(1)
  expect((await kms.send(new DescribeKeyCommand({ KeyId: ALIAS }))).KeyMetadata?.KeyState).toBe('Enabled')
})

test.each([
  ['before this one asks for the alias', 'before'],
  ['after this one was refused it', 'after'],
] as const)('a key that two runs took, because neither knew of the other, is left behind by one of them %s: both use the third run’s', async (_when, when) => {
  const stage = await openTestStage()
  const [kms, other] = [kmsOf(stage), kmsOf(stage)]
  const leave = (KeyId: string) => other.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  const wins = async () => other.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: await keyOfStage(other) }))
  kms.middlewareStack.add((next, { commandName }) => async (asked) => {
    const { TargetKeyId } = asked.input as { TargetKeyId?: string }
    if (commandName !== 'CreateAliasCommand' || TargetKeyId === undefined) return next(asked)
    await wins()
    if (when === 'before') await leave(TargetKeyId)
    try {
      return await next(asked)
    } finally {
      if (when === 'after') await leave(TargetKeyId)
    }
  })
  expect(await ensureSecretsKey(kms, stage.target.stage, undefined)).toBe('completed')
  const { KeyMetadata: winner } = await kms.send(new DescribeKeyCommand({ KeyId: ALIAS }))
  const states = await Promise.all((await keysOf(kms)).map(async ({ KeyId }) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata))
  expect(states.filter((key) => key?.KeyState === 'Enabled').map((key) => key?.KeyId)).toEqual([winner?.KeyId])
})

/** As a run makes it that has not come to the alias yet. */
async function keyOfStage(kms: KMSClient): Promise<string | undefined> {
  const Tags = [{ TagKey: 'project', TagValue: 'fleetwright' }, { TagKey: 'stage', TagValue: 'dev' }]
  return (await kms.send(new CreateKeyCommand({ Tags }))).KeyMetadata?.KeyId
}

test.each([
  ['deploy', deployGrants],
  ['plan', planGrants],
] as const)('the workflows’ role to %s uses this key, changes nothing of it, and uses no other', async (_may, grants) => {
  const stage = await openTestStage()
  const kms = kmsOf(stage)
  await bootstrap(stage.target)
  const other = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/fleet-prod-secrets', TargetKeyId: other }))
  const mine = await actingAs('workflow', grants(stage.target.stage), stage)
  const KeyId = (await mine.send(new DescribeKeyCommand({ KeyId: ALIAS }))).KeyMetadata?.KeyId
  const { CiphertextBlob } = await mine.send(new EncryptCommand({ KeyId: ALIAS, Plaintext }))
  expect(Buffer.from((await mine.send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? [])).toEqual(Plaintext)
  await expect(mine.send(new EncryptCommand({ KeyId: 'alias/fleet-prod-secrets', Plaintext }))).rejects.toMatchObject(DENIED)
  await expect(mine.send(new CreateAliasCommand({ AliasName: 'alias/fleet-dev-secrets-2', TargetKeyId: other }))).rejects.toMatchObject(DENIED)
  await expect(mine.send(new ScheduleKeyDeletionCommand({ KeyId }))).rejects.toMatchObject(DENIED)
  await expect(mine.send(new PutKeyPolicyCommand({ KeyId, Policy: ENABLE_IAM }))).rejects.toMatchObject(DENIED)
})

test('of roles without a policy of their own, those of this stage’s workflows open what was sealed, and no other', async () => {
  const stage = await openTestStage()
  await bootstrap(stage.target)
  const { CiphertextBlob } = await kmsOf(stage).send(new EncryptCommand({ KeyId: ALIAS, Plaintext }))
  const open = async (role: string) => (await actingAs(role, undefined, stage)).send(new DecryptCommand({ CiphertextBlob }))
  expect(Buffer.from((await open(NAMES.workflowRole('plan'))).Plaintext ?? [])).toEqual(Plaintext)
  await expect(open('fleet-prod-workflow-plan')).rejects.toMatchObject(DENIED)
  await expect(open('somebody')).rejects.toMatchObject(DENIED)
})
