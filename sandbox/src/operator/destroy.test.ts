// sandbox/src/operator/destroy.test.ts: `fleet destroy` as a process against a cloud: what goes, what stays, what a kill leaves, and how devices come back.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CloudControlClient, ListResourcesCommand } from '@aws-sdk/client-cloudcontrol'
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ListImagesCommand, RepositoryNotFoundException } from '@aws-sdk/client-ecr'
import {
  AttachPolicyCommand,
  CreateThingGroupCommand,
  DescribeCertificateCommand,
  DescribeThingCommand,
  ListAttachedPoliciesCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsCommand,
  ListThingsCommand,
  UpdateCertificateCommand,
  UpdateThingCommand,
} from '@aws-sdk/client-iot'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { planReconcile, reconcile } from '@fleet/ops/allowlist/reconcile'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { destroy } from '@fleet/ops/teardown/destroy'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, killedAt, NAMES, openTestStage, provisioned, type TestStage } from './testing.ts'

const DEVICES = ['aaaa0001', 'aaaa0002'] as const

/** A stage that was deployed, with devices as the provisioning template makes them. */
async function deployedStage(devices: readonly string[] = DEVICES) {
  const stage = await openTestStage()
  const up = () => deploy(stage.target, { engine: chosenEngine(stage.target, {}) })
  await up()
  const certificates = new Map<string, string>()
  for (const serial of devices) {
    const certificateId = await provisioned(serial, stage)
    certificates.set(serial, certificateId)
    await stage.iot.send(new AttachPolicyCommand({ policyName: NAMES.devicePolicy, target: arnOf(certificateId) }))
  }
  const file = join(stage.folder, 'list.txt')
  const list = (...serials: readonly string[]) => writeFile(file, `${serials.join('\n')}\n`)
  await list(...devices)
  await reconcile(stage.target, { file })
  return { ...stage, up, list, file, certificates, plan: () => planReconcile(stage.target, { file }), apply: () => reconcile(stage.target, { file }) }
}

const arnOf = (certificateId: string) => `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:cert/${certificateId}`
const client = ({ cloud }: TestStage) => ({ endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
const DESTROY = ['destroy', '--yes-destroy', 'dev']

async function standing(stage: TestStage, thingName: string) {
  const { attributes = {} } = await stage.iot.send(new DescribeThingCommand({ thingName }))
  const { principals: [principal = ''] = [] } = await stage.iot.send(new ListThingPrincipalsCommand({ thingName }))
  const { policies = [] } = await stage.iot.send(new ListAttachedPoliciesCommand({ target: principal }))
  const { thingGroups = [] } = await stage.iot.send(new ListThingGroupsForThingCommand({ thingName }))
  const { certificateDescription } = await stage.iot.send(new DescribeCertificateCommand({ certificateId: principal.split('cert/')[1] }))
  return { marks: Object.keys(attributes).sort(), policies: policies.map(({ policyName }) => policyName), groups: thingGroups.map(({ groupName }) => groupName), certificate: certificateDescription?.certificateId, status: certificateDescription?.status }
}

/** By types that list everything of an account. */
async function whatThereIs(stage: TestStage): Promise<string[]> {
  const cloudControl = new CloudControlClient(client(stage))
  const types = ['AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::IoT::Policy', 'AWS::IoT::TopicRule', 'AWS::IoT::ThingGroup', 'AWS::IoT::ProvisioningTemplate', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::ECR::Repository', 'AWS::SNS::Topic', 'AWS::SQS::Queue', 'AWS::CloudWatch::Alarm']
  const lists = await Promise.all(types.map((TypeName) => cloudControl.send(new ListResourcesCommand({ TypeName }))))
  return lists.flatMap(({ ResourceDescriptions = [] }) => ResourceDescriptions.map(({ Identifier = '' }) => Identifier)).sort()
}

test('it says what goes and what stays, and leaves nothing of the stack; devices and claim stay and are found by the next stack', async () => {
  const stage = await deployedStage()
  await stage.fleet(['release', 'publish'])
  await stage.up()
  expect((await stage.ecr.send(new ListImagesCommand({ repositoryName: NAMES.imageRepository('led') }))).imageIds).not.toEqual([])
  const ended = await stage.fleet(DESTROY)
  expect(ended.err).toMatch(/- goes {3}the stack: \d+ resources[^]*- goes {3}what lies in it[^]*= stays {2}fleet-dev-0{12}-eu-central-1-state[^]*= stays {2}2 devices/)
  expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^done: stage dev: removed \d+ resources, \d+ objects, \d+ images; nothing is left of it\n2 devices wait for the next stack/) })
  expect(await whatThereIs(stage)).toEqual([NAMES.stateBucket])
  expect((await stage.s3.send(new ListObjectsV2Command({ Bucket: NAMES.stateBucket }))).Contents?.map(({ Key }) => Key)).toEqual(['claim/certificate.pem', 'claim/private.key'])
  await expect(stage.ecr.send(new ListImagesCommand({ repositoryName: NAMES.imageRepository('led') }))).rejects.toBeInstanceOf(RepositoryNotFoundException)
  for (const serial of DEVICES) expect(await standing(stage, serial)).toEqual({ marks: ['fleet', 'strandedAt'], policies: [], groups: [], certificate: stage.certificates.get(serial), status: 'ACTIVE' })

  expect(await stage.fleet(DESTROY)).toMatchObject({ code: 0, out: expect.stringMatching(/removed 0 resources, 0 objects, 0 images; nothing is left/) })

  expect(await stage.up()).toMatchObject({ release: undefined, claim: { outcome: 'kept', policy: 'attached' } })
  const planned = await stage.fleet(['allowlist', 'plan', '--file', stage.file])
  expect(planned.out).toMatch(/~ heal {4}aaaa0001 {2}policy and thing group, lost with the stack since \d{4}-\d\d-\d\d\n~ heal {4}aaaa0002/)
  expect(await stage.fleet(['allowlist', 'apply', '--file', stage.file])).toMatchObject({ code: 0, out: expect.stringContaining('2 healed') })
  for (const serial of DEVICES) expect(await standing(stage, serial)).toEqual({ marks: ['fleet'], policies: [NAMES.devicePolicy], groups: [NAMES.thingGroup], certificate: stage.certificates.get(serial), status: 'ACTIVE' })
  stage.proxy.calls.length = 0
  await stage.apply()
  expect([...stage.proxy.calls].sort()).toEqual(['GET /things', `HEAD /${NAMES.provisioningBucket}/allowlist.txt`])
})

test('killed before a call, wherever that is, the next run finishes it, and the next stack finds every device', async () => {
  const stage = await deployedStage()
  await stage.list(...DEVICES)
  let at = 1
  for (let wasKilled = true; wasKilled; at = Math.ceil(at * 1.5) + 1) {
    wasKilled = await killedAt(at, stage, () => stage.start(DESTROY))
    expect(await stage.fleet(DESTROY)).toMatchObject({ code: 0, out: expect.stringContaining('nothing is left of it') })
    expect((await whatThereIs(stage)).filter((name) => name !== NAMES.stateBucket)).toEqual([])
    await stage.up()
    await stage.apply()
    for (const serial of DEVICES) expect(await standing(stage, serial)).toEqual({ marks: ['fleet'], policies: [NAMES.devicePolicy], groups: [NAMES.thingGroup], certificate: stage.certificates.get(serial), status: 'ACTIVE' })
  }
  expect(at).toBeGreaterThan(100)
}, 600_000)

test('a device keeps what it was before: a suspended one stays suspended, one that an operator stopped stays stopped, an unlisted one is suspended', async () => {
  const serials = ['aaaa0001', 'bbbb0001', 'cccc0001', 'dddd0001']
  const stage = await deployedStage(serials)
  await stage.list('aaaa0001', 'cccc0001', 'dddd0001')
  await stage.apply() // suspends bbbb0001
  await stage.iot.send(new UpdateCertificateCommand({ certificateId: stage.certificates.get('dddd0001'), newStatus: 'INACTIVE' })) // by hand
  await stage.iot.send(new UpdateThingCommand({ thingName: 'aaaa0001', attributePayload: { attributes: { owner: 'x' }, merge: true } })) // somebody's own
  await stage.fleet(DESTROY)
  await stage.up()
  await stage.list('aaaa0001', 'dddd0001')
  const { changes } = await stage.plan()
  expect(changes.map(({ action, serial }) => `${action} ${serial}`)).toEqual(['suspend cccc0001', 'heal aaaa0001', 'heal dddd0001'])
  await stage.apply()
  expect(await standing(stage, 'aaaa0001')).toMatchObject({ status: 'ACTIVE', policies: [NAMES.devicePolicy], marks: ['fleet', 'owner'] })
  expect(await standing(stage, 'bbbb0001')).toMatchObject({ status: 'INACTIVE', policies: [], marks: ['fleet', 'strandedAt', 'suspendedAt'] })
  expect(await standing(stage, 'cccc0001')).toMatchObject({ status: 'INACTIVE', policies: [], marks: ['fleet', 'strandedAt', 'suspendedAt'] })
  expect(await standing(stage, 'dddd0001')).toMatchObject({ status: 'INACTIVE', policies: [NAMES.devicePolicy] })
  await stage.list('aaaa0001', 'bbbb0001', 'dddd0001')
  expect((await stage.plan()).changes).toMatchObject([{ action: 'heal', serial: 'bbbb0001', why: expect.stringMatching(/back on the list.*; policy and thing group/) }])
  await stage.apply()
  expect(await standing(stage, 'bbbb0001')).toMatchObject({ status: 'ACTIVE', policies: [NAMES.devicePolicy], groups: [NAMES.thingGroup], marks: ['fleet'] })
})

test('--purge-devices removes them for good', async () => {
  const stage = await deployedStage()
  const ended = await stage.fleet([...DESTROY, '--purge-devices'])
  expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('2 devices; nothing is left of it'), err: expect.stringMatching(/- goes {3}2 devices: things, certificates, shadows; they would need a new card/) })
  expect((await stage.iot.send(new ListThingsCommand({}))).things).toEqual([])
  await expect(stage.iot.send(new DescribeCertificateCommand({ certificateId: stage.certificates.get('aaaa0001') }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('without a terminal it wants the name of the stage, and of no other; nothing is asked of the cloud', async () => {
  const stage = await openTestStage()
  expect(await stage.fleet(['destroy'])).toMatchObject({ code: 2, err: expect.stringMatching(/no terminal to ask on[^]*--stage dev --yes-destroy dev[^]*DESTROY_UNCONFIRMED/) })
  expect(await stage.fleet(['destroy', '--yes-destroy', 'prod'])).toMatchObject({ code: 2, err: expect.stringContaining('--yes-destroy names prod, and this would destroy dev') })
  expect(stage.proxy.calls).toEqual([])
})

test('a stage that protects its data refuses before anything is emptied, also when only its stack still does', async () => {
  const stage = await deployedStage(['aaaa0001'])
  const options = { engine: chosenEngine(stage.target, {}), purgesDevices: false, approve: async () => true, report() {}, onProgress() {}, now: () => new Date(), signal: new AbortController().signal }
  const protecting = { ...stage.target, stage: { ...stage.target.stage, protectsData: true }, config: { ...stage.target.config, 'fleetwright:protectsData': 'true' } }
  const remedy = expect.stringContaining('set fleetwright:protectsData to "false" in Pulumi.dev.yaml')
  await expect(destroy(protecting, options)).rejects.toMatchObject({ code: 'STACK_PROTECTED', remedy })
  await deploy(protecting, options)
  await expect(destroy(stage.target, options)).rejects.toMatchObject({ code: 'STACK_PROTECTED', message: expect.stringContaining('store-bucket'), remedy })
  expect((await stage.s3.send(new ListObjectsV2Command({ Bucket: NAMES.provisioningBucket }))).KeyCount).toBe(1)
})

test('a log group that came back after the stack had gone is removed; what is left of no stack is told', async () => {
  const stage = await openTestStage()
  const logs = new CloudWatchLogsClient(client(stage))
  await logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${NAMES.admissionHook}` }))
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/of-others' }))
  await stage.iot.send(new CreateThingGroupCommand({ thingGroupName: NAMES.thingGroup })) // by hand
  const ended = await stage.fleet(DESTROY)
  expect(ended).toMatchObject({ code: 1, out: expect.stringMatching(/not complete:[^]*left {2}AWS::IoT::ThingGroup fleet-dev/) })
  expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/aws/lambda/of-others'])
})
