// sandbox/src/cloud/cloud.test.ts: the whole cloud in one process: its services together, its restart, its ports.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudControlClient, CreateResourceCommand } from '@aws-sdk/client-cloudcontrol'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateJobCommand, CreateKeysAndCertificateCommand, CreateScheduledAuditCommand, CreateThingCommand, DescribeCertificateCommand, DescribeThingCommand, IoTClient, ListAuditFindingsCommand, ListTagsForResourceCommand, ListTopicRulesCommand, RegisterThingCommand, UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Cloud, type CloudOptions, openCloud } from './cloud.ts'
import { PortInUse } from './port-in-use.ts'

const rootKey = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'not-a-secret' }
const log = { debug() {}, info() {}, warn() {}, error: console.error }
const OPTIONS: CloudOptions = { stateFolder: ':memory:', account: { accountId: '000000000000', region: 'eu-central-1' }, rootKey, gatewayPort: 0, mqttPort: 0, log }

async function open(options: Partial<CloudOptions> = {}) {
  const cloud = await openCloud({ ...OPTIONS, ...options })
  let isOpen = true
  const close = async () => {
    if (isOpen) await cloud[Symbol.asyncDispose]()
    isOpen = false
  }
  onTestFinished(close)
  return { cloud, close, client: clientOf(cloud) }
}

const clientOf = ({ endpoints }: Cloud) => ({ endpoint: endpoints.http, region: 'eu-central-1', credentials: rootKey, maxAttempts: 1 })

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((listening) => server.once('listening', listening))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('each service answers on the one port', async () => {
  const { client } = await open()
  expect((await new STSClient(client).send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000')
  expect((await new IoTClient(client).send(new CreateThingCommand({ thingName: 'pi' }))).thingArn).toBe('arn:aws:iot:eu-central-1:000000000000:thing/pi')
  const iot = new IoTClient(client)
  const { jobArn } = await iot.send(new CreateJobCommand({ jobId: 'j', targets: ['arn:aws:iot:eu-central-1:000000000000:thing/pi'], document: '{}', tags: [{ Key: 'a', Value: 'b' }] }))
  expect((await iot.send(new ListTagsForResourceCommand({ resourceArn: jobArn }))).tags).toEqual([{ Key: 'a', Value: 'b' }])
  expect((await iot.send(new ListTopicRulesCommand({}))).rules).toEqual([])
  expect((await new CloudWatchLogsClient(client).send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([])
  await expect(new CloudControlClient(client).send(new CreateResourceCommand({ TypeName: 'AWS::No::Such', DesiredState: '{}' }))).rejects.toMatchObject({ name: 'TypeNotFoundException' })
})

test('what was told is there after a restart', async () => {
  const stateFolder = temporaryFolder()
  const first = await open({ stateFolder })
  await new IoTClient(first.client).send(new CreateThingCommand({ thingName: 'pi' }))
  const s3 = new S3Client(first.client)
  await s3.send(new CreateBucketCommand({ Bucket: 'kept', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }))
  await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'k', Body: 'hello' }))
  first.cloud.clock.advance(600_000)
  const { caPem } = first.cloud.endpoints
  await first.close()

  const { cloud, client } = await open({ stateFolder })
  expect((await new IoTClient(client).send(new DescribeThingCommand({ thingName: 'pi' }))).thingName).toBe('pi')
  expect(await (await new S3Client(client).send(new GetObjectCommand({ Bucket: 'kept', Key: 'k' }))).Body?.transformToString()).toBe('hello')
  expect(cloud.endpoints.caPem).toBe(caPem)
  expect(cloud.clock.now().getTime() - Date.now()).toBeGreaterThan(590_000)
})

test('half a year on: signatures, sessions and links are good as before, certificates have aged', async () => {
  const { cloud, client } = await open()
  const [iam, iot] = [new IAMClient(client), new IoTClient(client)]
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com', AWS: '000000000000' }, Action: 'sts:AssumeRole' }] }
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'audit', AssumeRolePolicyDocument: JSON.stringify(trust) }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'audit', PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit' }))
  const { Credentials: { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {} } = await new STSClient(client).send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'session' }))
  const { certificateId } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  const s3 = new S3Client(client)
  await s3.send(new CreateBucketCommand({ Bucket: 'kept', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }))
  await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'k', Body: 'hello' }))
  const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'kept', Key: 'k' }))
  await iot.send(new UpdateAccountAuditConfigurationCommand({ roleArn: Role?.Arn, auditCheckConfigurations: { DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' } } } }))
  await iot.send(new CreateScheduledAuditCommand({ scheduledAuditName: 'daily', frequency: 'DAILY', targetCheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] }))

  cloud.clock.advance(181 * 86_400_000)
  const session = { ...client, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } }
  expect((await new IoTClient(session).send(new DescribeCertificateCommand({ certificateId }))).certificateDescription?.status).toBe('ACTIVE')
  expect(await (await fetch(link)).text()).toBe('hello')
  const range = { startTime: new Date(0), endTime: new Date(cloud.clock.now().getTime() + 60_000) }
  const findings = await vi.waitUntil(async () => {
    const { findings = [] } = await iot.send(new ListAuditFindingsCommand(range))
    return findings.length > 0 && findings
  }, { interval: 100 })
  expect(findings).toMatchObject([{ reasonForNonComplianceCode: 'CERTIFICATE_PAST_AGE_THRESHOLD', nonCompliantResource: { resourceIdentifier: { deviceCertificateId: certificateId } } }])
})

test.each<[string, (port: number) => Partial<CloudOptions>]>([
  ['gateway', (gatewayPort) => ({ gatewayPort })],
  ['mqtt', (mqttPort) => ({ mqttPort })],
])('a taken port (%s) is said to be, and nothing is left open', async (role, options) => {
  const port = await takenPort()
  const stateFolder = temporaryFolder()
  const refused = open({ stateFolder, ...options(port) })
  await expect(refused).rejects.toBeInstanceOf(PortInUse)
  await expect(refused).rejects.toMatchObject({ code: 'PORT_IN_USE', port, role })
  await open({ stateFolder })
})

test('with quotas on, AWS’s rates hold', async () => {
  const { client } = await open({ quotas: true })
  const sdk = new IoTClient(client)
  const asked = await Promise.allSettled(Array.from({ length: 20 }, async () => sdk.send(new RegisterThingCommand({ templateBody: '{}' }))))
  const names = asked.map((each) => (each.status === 'rejected' && each.reason instanceof Error ? each.reason.name : 'fulfilled'))
  expect(names.filter((name) => name === 'ThrottlingException').length).toBeGreaterThanOrEqual(5)
  expect(names.filter((name) => name !== 'ThrottlingException').length).toBeGreaterThanOrEqual(10)
})
