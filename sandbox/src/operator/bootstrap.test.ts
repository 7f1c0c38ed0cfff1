// sandbox/src/operator/bootstrap.test.ts: `fleet bootstrap` and `fleet claim` as processes: one claim certificate, whatever happens.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { DeleteCertificateCommand, ListAttachedPoliciesCommand, ListAuditSuppressionsCommand, ListCertificatesCommand, UpdateCertificateCommand, type IoTClient } from '@aws-sdk/client-iot'
import { DescribeKeyCommand, KMSClient, ListKeysCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms'
import { DeleteObjectCommand, GetBucketPolicyCommand, GetBucketVersioningCommand, GetObjectCommand, GetPublicAccessBlockCommand, ListObjectsV2Command, PutBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3'
import { claimKeys } from '@fleet/contract/names'
import { bootstrap } from '@fleet/ops/bootstrap/bootstrap'
import { endpointTarget } from '@fleet/ops/target/target'
import { expect, test, vi } from 'vitest'
import { bareStack, killedAt, KEY, NAMES, openTestStage, provisioned } from './testing.ts'

const certificates = async (iot: IoTClient) => (await iot.send(new ListCertificatesCommand({}))).certificates ?? []
const stored = async (s3: S3Client, key: string) => (await s3.send(new GetObjectCommand({ Bucket: NAMES.stateBucket, Key: key }))).Body?.transformToString()

async function stageWithStack() {
  const stage = await openTestStage()
  await bareStack(stage)
  return stage
}

test('makes one claim certificate, ACTIVE and with the claim policy, and shows no key', async () => {
  const stage = await stageWithStack()
  const first = await stage.fleet(['bootstrap'])
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/claim certificate {2}[0-9a-f]{12}…: made\n {2}claim policy {7}attached/) })
  const [certificate, ...others] = await certificates(stage.iot)
  expect(others).toEqual([])
  expect(certificate?.status).toBe('ACTIVE')
  expect((await stage.iot.send(new ListAttachedPoliciesCommand({ target: certificate?.certificateArn }))).policies).toMatchObject([{ policyName: 'fleet-dev-claim' }])

  const { suppressions } = await stage.iot.send(new ListAuditSuppressionsCommand({}))
  expect(suppressions).toMatchObject([{ checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK', resourceIdentifier: { deviceCertificateId: certificate?.certificateId }, suppressIndefinitely: true }])

  const [pem = '', key = ''] = await Promise.all([stored(stage.s3, claimKeys.certificate), stored(stage.s3, claimKeys.privateKey)])
  expect(new X509Certificate(pem).checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(createPrivateKey(key).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  const secret = key.split('\n')[1] ?? 'none'
  expect(first.out + first.err).not.toContain(secret)

  stage.proxy.calls.length = 0
  const second = await stage.fleet(['bootstrap', '--json'])
  expect(JSON.parse(second.out)).toMatchObject({ stateBucket: { outcome: 'kept' }, claim: { outcome: 'kept', policy: 'kept', certificateId: certificate?.certificateId } })
  expect(stage.proxy.calls.every((call) => /^(HEAD|GET|POST (TrentService\.)?(Get|Describe|List)|POST \/attached-policies)/.test(call))).toBe(true)
  expect(stage.proxy.calls).toHaveLength(15)
  expect(await certificates(stage.iot)).toHaveLength(1)
})

test('before the stack is there the certificate can do nothing, and it says what comes next', async () => {
  const stage = await openTestStage()
  expect(await stage.fleet(['bootstrap'])).toMatchObject({ code: 0, out: expect.stringMatching(/waits for the stack[^]*Next: fleet deploy --stage dev/) })
  const [claim] = await certificates(stage.iot)
  expect((await stage.iot.send(new ListAttachedPoliciesCommand({ target: claim?.certificateArn }))).policies).toEqual([])
})

test('killed before any of its calls, the next run finishes it: never a second certificate, nor a second key', async () => {
  const stage = await stageWithStack()
  const other = await provisioned('aaaa0001', stage) // not of the claim's key
  const kms = new KMSClient({ endpoint: stage.cloud.endpoints.http, region: stage.target.stage.region, credentials: KEY })
  for (let at = 1, wasKilled = true; wasKilled; at++) {
    wasKilled = await killedAt(at, stage, () => stage.start(['bootstrap']))
    expect(await bootstrap(stage.target)).toMatchObject({ claim: { status: 'ACTIVE', policy: expect.stringMatching(/attached|kept/) } })
    const certificateId = idOf((await stored(stage.s3, claimKeys.certificate)) ?? '')
    expect((await certificates(stage.iot)).map((each) => each.certificateId).sort()).toEqual([certificateId, other].sort())
    if (!wasKilled) expect(at).toBeGreaterThan(12)
    const [{ KeyId } = {}, ...more] = (await kms.send(new ListKeysCommand({}))).Keys ?? []
    expect(more).toEqual([])
    expect((await kms.send(new DescribeKeyCommand({ KeyId: NAMES.secretsKeyAlias }))).KeyMetadata).toMatchObject({ KeyId, KeyState: 'Enabled' })
    // As at the beginning, for the next round.
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    stage.cloud.clock.advance(7 * 86_400_000)
    for (const Key of [claimKeys.certificate, claimKeys.privateKey]) await stage.s3.send(new DeleteObjectCommand({ Bucket: NAMES.stateBucket, Key }))
    await stage.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
    await stage.iot.send(new DeleteCertificateCommand({ certificateId, forceDelete: true }))
  }
})

const idOf = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()

test('two at once make one', async () => {
  const stage = await stageWithStack()
  const ended = await Promise.all([stage.fleet(['bootstrap', '--json']), stage.fleet(['bootstrap', '--json']), stage.fleet(['bootstrap', '--json'])])
  expect(ended.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0])
  expect(new Set(ended.map(({ out }) => (JSON.parse(out) as { claim: { certificateId: string } }).claim.certificateId)).size).toBe(1)
  expect(await certificates(stage.iot)).toHaveLength(1)
})

test('a claim that was taken out of service stays so, and is told', async () => {
  const stage = await stageWithStack()
  await stage.fleet(['bootstrap'])
  const [claim] = await certificates(stage.iot)
  await stage.iot.send(new UpdateCertificateCommand({ certificateId: claim?.certificateId, newStatus: 'INACTIVE' }))
  expect((await stage.fleet(['bootstrap'])).out).toContain('it is INACTIVE, so no new device can join')
  expect((await certificates(stage.iot))[0]?.status).toBe('INACTIVE')
})

test('a key that went away is an error that tells how to go back', async () => {
  const stage = await stageWithStack()
  await stage.fleet(['bootstrap'])
  await stage.s3.send(new DeleteObjectCommand({ Bucket: NAMES.stateBucket, Key: claimKeys.privateKey }))
  expect(await stage.fleet(['bootstrap', '--json'])).toMatchObject({ code: 1, out: expect.stringContaining('"code":"CLAIM_BROKEN"'), err: expect.stringContaining('restore claim/certificate.pem') })
  expect(await certificates(stage.iot)).toHaveLength(1)
})

test('claim show tells id, age and status; without a claim, how to make one', async () => {
  const stage = await stageWithStack()
  expect(await stage.fleet(['claim', 'show'])).toMatchObject({ code: 1, err: expect.stringMatching(/CLAIM_MISSING/) })
  await stage.fleet(['bootstrap'])
  const [claim] = await certificates(stage.iot)
  const { out } = await stage.fleet(['claim', 'show'])
  expect(out).toContain(`id       ${claim?.certificateId ?? ''}\nstatus   ACTIVE`)
  expect(out).toContain('policy   attached')
})

test('the state bucket is made private and versioned; a half made one is completed', async () => {
  const stage = await stageWithStack()
  const { target } = stage
  expect((await bootstrap(target)).stateBucket.outcome).toBe('made')
  const Bucket = NAMES.stateBucket
  expect((await stage.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')
  expect((await stage.s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual({ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true })
  expect((await stage.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain('aws:SecureTransport')
  expect((await bootstrap(target)).stateBucket.outcome).toBe('kept')
  await stage.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }))
  expect((await bootstrap(target)).stateBucket.outcome).toBe('completed')
})

test('the account of the credentials must be the stage’s', async () => {
  const stage = await stageWithStack()
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEY.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEY.secretAccessKey)
  const target = endpointTarget('dev', stage.proxy.url) // by Pulumi.dev.yaml, account 111111111111
  await expect(bootstrap(target)).rejects.toMatchObject({ code: 'ACCOUNT_WRONG', message: 'these credentials are of account 000000000000, stage dev is in 111111111111' })
  expect(stage.proxy.calls).toEqual(['POST GetCallerIdentity'])
})

test('no credentials, wrong ones, an endpoint where nothing listens: each says what to do', async () => {
  const stage = await stageWithStack()
  const elsewhere = { AWS_ENDPOINT_URL: stage.cloud.endpoints.http, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }
  expect(await stage.fleet(['bootstrap'], elsewhere)).toMatchObject({ code: 1, err: expect.stringMatching(/there are no AWS credentials[^]*CREDENTIALS_MISSING/) })
  expect(await stage.fleet(['bootstrap'], { ...elsewhere, AWS_ACCESS_KEY_ID: 'AKIANOBODYNOBODYNOBO', AWS_SECRET_ACCESS_KEY: 'x' })).toMatchObject({ code: 1, err: expect.stringMatching(/CREDENTIALS_REFUSED/) })
  expect(await stage.fleet(['bootstrap'], { ...elsewhere, AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })).toMatchObject({ code: 1, err: expect.stringMatching(/no answer from http:\/\/127\.0\.0\.1:9[^]*ENDPOINT_UNREACHABLE/) })
})

test('a store with much in it is not searched for the claim', async () => {
  const stage = await stageWithStack()
  await stage.fleet(['bootstrap'])
  const { Contents = [] } = await stage.s3.send(new ListObjectsV2Command({ Bucket: NAMES.stateBucket }))
  expect(Contents.map(({ Key }) => Key)).toEqual([claimKeys.certificate, claimKeys.privateKey])
})
