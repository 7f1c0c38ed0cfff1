// sandbox/src/operator/claim.test.ts: `fleet claim replace` and `fleet claim retire` as processes: old cards join until they shall not, whatever is cut off.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { DescribeAuditTaskCommand, ListAttachedPoliciesCommand, ListAuditFindingsCommand, ListAuditSuppressionsCommand, ListCertificatesCommand, StartOnDemandAuditTaskCommand, UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { claimKeys } from '@fleet/contract/names'
import { bootstrap } from '@fleet/ops/bootstrap/bootstrap'
import { replaceClaim } from '@fleet/ops/claim/replace-claim'
import { retireClaims } from '@fleet/ops/claim/retire-claim'
import { claimContext, replaceContext } from '@fleet/ops/claim/show-claim'
import { readClaimPair } from '@fleet/ops/claim/stored-claim'
import { expect, test } from 'vitest'
import { ACCOUNT, bareStack, KEY, killedAt, NAMES, openTestStage, type TestStage } from './testing.ts'

const DAY_MS = 86_400_000

async function stageWithClaim() {
  const stage = await openTestStage()
  await bareStack(stage)
  const { claim } = await bootstrap(stage.target)
  return { stage, first: claim.certificateId }
}

const idOf = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()

/** What cards are flashed with: whole at every moment. */
async function claimOfCards({ target }: TestStage): Promise<string> {
  const pair = await readClaimPair(claimContext(target).store)
  if (!pair) throw new Error('no claim')
  expect(new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.privateKey))).toBe(true)
  return idOf(pair.certificate)
}

/** Ids of those that can join: active, with the claim policy. */
async function inService({ iot }: TestStage): Promise<string[]> {
  const { certificates = [] } = await iot.send(new ListCertificatesCommand({}))
  const usable = await Promise.all(
    certificates.map(async ({ certificateArn, certificateId = '', status }) => {
      const { policies = [] } = await iot.send(new ListAttachedPoliciesCommand({ target: certificateArn }))
      return status === 'ACTIVE' && policies.some(({ policyName }) => policyName === NAMES.claimPolicy) ? [certificateId] : []
    }),
  )
  return usable.flat().sort()
}

const allCertificates = async ({ iot }: TestStage) => ((await iot.send(new ListCertificatesCommand({}))).certificates ?? []).map(({ certificateId = '' }) => certificateId).sort()

const statement = (each: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...each }] })

/** As the stack sets it up: certificates may be 180 days old. */
async function auditing({ cloud, iot }: TestStage): Promise<void> {
  const iam = new IAMClient({ endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'auditor', AssumeRolePolicyDocument: statement({ Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }) }))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'auditor', PolicyName: 'audit', PolicyDocument: statement({ Action: 'iot:*', Resource: '*' }) }))
  await iot.send(new UpdateAccountAuditConfigurationCommand({ roleArn: Role?.Arn, auditCheckConfigurations: { DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' } } } }))
}

async function ageFindings({ iot }: TestStage): Promise<string[]> {
  const { taskId } = await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] }))
  await expect.poll(async () => (await iot.send(new DescribeAuditTaskCommand({ taskId }))).taskStatus, { timeout: 20_000 }).toBe('COMPLETED')
  const { findings = [] } = await iot.send(new ListAuditFindingsCommand({ taskId }))
  return findings.filter(({ isSuppressed }) => isSuppressed !== true).flatMap(({ nonCompliantResource }) => nonCompliantResource?.resourceIdentifier?.deviceCertificateId ?? [])
}

test('a claim that is too old is replaced: old and new cards join, the audit is clean; retired, the old one is gone', async () => {
  const { stage, first } = await stageWithClaim()
  await auditing(stage)
  stage.cloud.clock.advance(181 * DAY_MS)
  expect(await ageFindings(stage)).toEqual([first])
  const { code, out, err } = await stage.fleet(['claim', 'replace', '--yes'])
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringMatching(/\+ make {4}a new claim certificate[^]*= keep {4}[0-9a-f]{12}…/) })
  const second = await claimOfCards(stage)
  expect(second).not.toBe(first)
  expect(out).toContain(second)
  expect(await inService(stage)).toEqual([first, second].sort())
  expect(await ageFindings(stage)).toEqual([])
  expect(await bootstrap(stage.target)).toMatchObject({ claim: { certificateId: second, outcome: 'kept', policy: 'kept' } })
  expect((await stage.fleet(['claim', 'show'])).out).toMatch(new RegExp(`id {7}${second}[^]*former {3}${first}, replaced \\d{4}-`))

  const secret = (await (await stage.s3.send(new GetObjectCommand({ Bucket: NAMES.stateBucket, Key: claimKeys.privateKey }))).Body?.transformToString())?.split('\n')[1] ?? 'none'
  expect(out + err).not.toContain(secret)
  const record = await (await stage.s3.send(new GetObjectCommand({ Bucket: NAMES.stateBucket, Key: claimKeys.replacement }))).Body?.transformToString()
  expect(record).not.toContain('PRIVATE')

  stage.cloud.clock.advance(31 * DAY_MS)
  expect(await ageFindings(stage)).toEqual([first]) // nobody has retired it in time
  expect(await stage.fleet(['claim', 'retire', '--yes', '--json'])).toMatchObject({ code: 0, out: expect.stringContaining(first) })
  expect(await allCertificates(stage)).toEqual([second])
  expect(await ageFindings(stage)).toEqual([])
  const { suppressions = [] } = await stage.iot.send(new ListAuditSuppressionsCommand({}))
  expect(suppressions.map(({ checkName, resourceIdentifier }) => [checkName, resourceIdentifier?.deviceCertificateId])).toEqual([['DEVICE_CERTIFICATE_SHARED_CHECK', second]])
})

test('with nobody to ask and no --yes nothing is changed; neither without a claim', async () => {
  const { stage, first } = await stageWithClaim()
  expect(await stage.fleet(['claim', 'replace'])).toMatchObject({ code: 2, err: expect.stringContaining('repeat with --yes') })
  expect(await stage.fleet(['claim', 'retire', '--json'])).toMatchObject({ code: 0, out: expect.stringContaining('"retired":[]') })
  expect(await allCertificates(stage)).toEqual([first])
  const bare = await openTestStage()
  expect(await bare.fleet(['claim', 'replace', '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('CLAIM_MISSING') })
})

test('repeated, it makes no third claim until the former one is retired', async () => {
  const { stage, first } = await stageWithClaim()
  const context = replaceContext(stage.target)
  const { certificateId: second } = await replaceClaim(context)
  expect(await stage.fleet(['claim', 'replace', '--yes', '--json'])).toMatchObject({ code: 0, out: expect.stringContaining('"outcome":"kept"') })
  expect(await allCertificates(stage)).toEqual([first, second].sort())
  await retireClaims(context)
  const { certificateId: third } = await replaceClaim(context)
  expect(await inService(stage)).toEqual([second, third].sort())
})

/** The numbers of the calls of one run that change something. */
async function changesOf(stage: TestStage, args: readonly string[]): Promise<number[]> {
  const { calls } = stage.proxy
  calls.length = 0
  expect(await stage.fleet(args)).toMatchObject({ code: 0 })
  return calls.flatMap((call, index) => (/^(PUT|DELETE) |^POST \/(certificates|audit\/suppressions\/(create|delete))/.test(call) ? [index + 1] : []))
}

test('killed before any of its changes, cards can be flashed all the same, and the next run finishes it: two claims, never a third', async () => {
  const { stage } = await stageWithClaim()
  const context = replaceContext(stage.target)
  const changes = await changesOf(stage, ['claim', 'replace', '--yes'])
  expect(changes).toHaveLength(9) // key, certificate, both written down; two suppressions, policy; key and certificate of cards; done
  await retireClaims(context)
  for (const at of changes) {
    const first = await claimOfCards(stage)
    expect(await killedAt(at, stage, () => stage.start(['claim', 'replace', '--yes']))).toBe(true)
    expect(await inService(stage), `killed before call ${at}`).toEqual(expect.arrayContaining([first, await claimOfCards(stage)]))
    if (at > (changes[0] ?? 0)) await expect(retireClaims(context)).rejects.toMatchObject({ code: 'CLAIM_REPLACEMENT_UNFINISHED' })
    const { certificateId: second } = await replaceClaim(context)
    expect(await claimOfCards(stage)).toBe(second)
    expect(await allCertificates(stage), `killed before call ${at}`).toEqual([first, second].sort())
    expect(await inService(stage)).toEqual([first, second].sort())
    await retireClaims(context)
  }
})

test('killed before any of its changes, a retirement is finished by the next run', async () => {
  const { stage } = await stageWithClaim()
  const context = replaceContext(stage.target)
  await replaceClaim(context)
  const changes = await changesOf(stage, ['claim', 'retire', '--yes'])
  expect(changes).toHaveLength(5) // inactive, deleted; two suppressions; written down
  for (const at of changes) {
    const { certificateId } = await replaceClaim(context)
    expect(await killedAt(at, stage, () => stage.start(['claim', 'retire', '--yes']))).toBe(true)
    await retireClaims(context)
    expect(await allCertificates(stage)).toEqual([certificateId])
    expect((await stage.iot.send(new ListAuditSuppressionsCommand({}))).suppressions).toHaveLength(1)
  }
})

test('two at once make one', async () => {
  const { stage, first } = await stageWithClaim()
  const context = replaceContext(stage.target)
  const ended = await Promise.all([replaceClaim(context), replaceClaim(context), replaceClaim(context)])
  const second = await claimOfCards(stage)
  expect(ended.map(({ certificateId }) => certificateId)).toEqual([second, second, second])
  expect(await allCertificates(stage)).toEqual([first, second].sort())
})

test('a stack that was made anew lets cards with the former claim join, too', async () => {
  const stage = await openTestStage()
  const { claim } = await bootstrap(stage.target) // before there is a stack: no policy
  const { certificateId, policy } = await replaceClaim(replaceContext(stage.target))
  expect(policy).toBe('stack-missing')
  expect(await inService(stage)).toEqual([])
  await bareStack(stage)
  await bootstrap(stage.target)
  expect(await inService(stage)).toEqual([claim.certificateId, certificateId].sort())
})
