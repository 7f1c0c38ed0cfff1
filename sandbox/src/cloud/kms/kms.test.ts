// sandbox/src/cloud/kms/kms.test.ts: keys as the AWS SDK uses them, and who may.
import { CancelKeyDeletionCommand, CreateAliasCommand, CreateKeyCommand, DecryptCommand, DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand, EnableKeyRotationCommand, EncryptCommand, GenerateDataKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand, KMSClient, ListAliasesCommand, ListResourceTagsCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand, TagResourceCommand } from '@aws-sdk/client-kms'
import { expect, test } from 'vitest'
import { cloudClock } from '../clock.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT, openTestGateway, SESSION_KEY } from '../wire/testing.ts'
import { openKms } from './kms.ts'

const ALIAS = 'alias/mine'
const Plaintext = Buffer.from('the data key')
const ROOT = `arn:aws:iam::${ACCOUNT.accountId}:root`
const statement = (AWS: string, Action: string | string[], Condition?: object) => ({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*', ...(Condition && { Condition }) })
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const granting = (Action: string | string[], Condition?: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', ...(Condition && { Condition }) }] })

async function keyBench(rolePolicies: readonly string[] = []) {
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const gateway = await openTestGateway({ services: [openKms({ account: ACCOUNT, store, clock })], rolePolicies })
  const kms = new KMSClient(gateway.client())
  const made = async (Policy?: string) => (await kms.send(new CreateKeyCommand({ ...(Policy !== undefined && { Policy }) }))).KeyMetadata?.KeyId ?? ''
  return { kms, made, clock, asRole: new KMSClient(gateway.client(SESSION_KEY)) }
}

test('what is encrypted under a key is opened again, by its alias too, and by nothing else', async () => {
  const { kms, made } = await keyBench()
  const KeyId = await made()
  await kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyId }))
  const { CiphertextBlob, KeyId: arn } = await kms.send(new EncryptCommand({ KeyId: ALIAS, Plaintext, EncryptionContext: { a: '1', b: '2' } }))
  expect(arn).toBe(`arn:aws:kms:eu-central-1:000000000000:key/${KeyId}`)
  expect(Buffer.from(CiphertextBlob ?? [])).not.toContain(Plaintext)
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { b: '2', a: '1' } }))
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext)
  const others: Record<string, string>[] = [{}, { a: '1' }, { a: '1', b: '3' }]
  for (const EncryptionContext of others) await expect(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
  const changed = Buffer.from(CiphertextBlob ?? [])
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  await expect(kms.send(new DecryptCommand({ CiphertextBlob: changed, EncryptionContext: { a: '1', b: '2' } }))).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
  await expect(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: await made(), EncryptionContext: { a: '1', b: '2' } }))).rejects.toMatchObject({ name: 'IncorrectKeyException' })
  await expect(kms.send(new EncryptCommand({ KeyId: ALIAS, Plaintext: Buffer.alloc(4097) }))).rejects.toMatchObject({ name: 'ValidationException' })
})

test('a data key comes in clear and sealed', async () => {
  const { kms, made } = await keyBench()
  const { Plaintext: clear, CiphertextBlob } = await kms.send(new GenerateDataKeyCommand({ KeyId: await made(), KeySpec: 'AES_256' }))
  expect(clear).toHaveLength(32)
  expect((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(clear)
})

test('an alias is of one key; rotation, tags and policy are kept', async () => {
  const { kms, made } = await keyBench()
  const KeyId = await made()
  await kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyId }))
  await expect(kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: await made() }))).rejects.toMatchObject({ name: 'AlreadyExistsException' })
  expect((await kms.send(new ListAliasesCommand({ KeyId }))).Aliases).toMatchObject([{ AliasName: ALIAS, TargetKeyId: KeyId }])
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({ KeyRotationEnabled: false })
  await kms.send(new EnableKeyRotationCommand({ KeyId }))
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 })
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'stage', TagValue: 'dev' }] }))
  expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([{ TagKey: 'stage', TagValue: 'dev' }])
  const Policy = policy(statement(ROOT, 'kms:*'))
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }))
  expect((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(Policy)
  await expect(kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(statement(ROOT, 'kms:Encrypt')) }))).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException', message: expect.stringContaining('in the future') })
})

test.each([
  ['alias/nothing', 'Alias arn:aws:kms:eu-central-1:000000000000:alias/nothing is not found.'],
  ['00000000-0000-4000-8000-000000000000', "Key 'arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-4000-8000-000000000000' does not exist"],
  ['nonsense', "Invalid keyId 'nonsense'"],
  ['arn:aws:kms:us-east-1:000000000000:alias/mine', 'Invalid arn us-east-1'],
])('%s is not found', async (KeyId, message) => {
  const { kms } = await keyBench()
  await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'NotFoundException', message })
})

test('a disabled key opens nothing until it is enabled again; a deletion that is cancelled leaves it disabled, with its rotation', async () => {
  const { kms, made } = await keyBench()
  const KeyId = await made()
  await kms.send(new EnableKeyRotationCommand({ KeyId }))
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext }))
  const opened = () => kms.send(new DecryptCommand({ CiphertextBlob }))
  await kms.send(new DisableKeyCommand({ KeyId }))
  await expect(opened()).rejects.toMatchObject({ name: 'DisabledException' })
  await kms.send(new EnableKeyCommand({ KeyId }))
  expect(Buffer.from((await opened()).Plaintext ?? [])).toEqual(Buffer.from(Plaintext))
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  await kms.send(new CancelKeyDeletionCommand({ KeyId }))
  expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'Disabled' })
  await expect(opened()).rejects.toMatchObject({ name: 'DisabledException' })
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({ KeyRotationEnabled: true })
})

test('a key that is to be deleted does nothing any more, and is gone with its alias when its time has come', async () => {
  const { kms, made, clock } = await keyBench()
  const KeyId = await made()
  await kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyId }))
  expect(await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))).toMatchObject({ KeyState: 'PendingDeletion', PendingWindowInDays: 7 })
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject({ name: 'KMSInvalidStateException' })
  expect((await kms.send(new DescribeKeyCommand({ KeyId: ALIAS }))).KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'PendingDeletion' })
  clock.advance(7 * 86_400_000)
  await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'NotFoundException' })
  expect((await kms.send(new ListAliasesCommand({}))).Aliases).toEqual([])
})

const ROLE = { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT.accountId}:role/tester` } }
const BY_ALIAS = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ALIAS } }
const FULL = statement(ROOT, 'kms:*')

test.each<[string, string, readonly string[], boolean]>([
  ['the account’s policies count where the key policy names the account', policy(FULL), [granting('kms:Encrypt')], true],
  ['naming the account gives a role nothing by itself', policy(FULL), [], false],
  ['a role’s own policy is nothing where the key policy is silent', policy(statement(ROOT, 'kms:PutKeyPolicy')), [granting('kms:*')], false],
  ['the key policy lets a role in that has no policy', policy(FULL, statement('*', 'kms:Encrypt', ROLE)), [], true],
  ['a deny of the key policy holds', policy(FULL, { ...statement('*', 'kms:Encrypt', ROLE), Effect: 'Deny' }), [granting('kms:*')], false],
  ['a role may be held to the alias of a key', policy(FULL), [granting('kms:Encrypt', BY_ALIAS)], true],
  ['and not use another', policy(FULL), [granting('kms:Encrypt', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/other' } })], false],
])('%s', async (_case, keyPolicy, rolePolicies, isAllowed) => {
  const { kms, made, asRole } = await keyBench(rolePolicies)
  const KeyId = await made(keyPolicy)
  if (keyPolicy.includes('kms:*')) await kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyId }))
  const encrypting = asRole.send(new EncryptCommand({ KeyId, Plaintext }))
  if (isAllowed) expect((await encrypting).KeyId).toContain(KeyId)
  else await expect(encrypting).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('the account’s own key is held to the key policy as well', async () => {
  const { kms, made } = await keyBench()
  const KeyId = await made(policy(statement(ROOT, 'kms:PutKeyPolicy')))
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
})
