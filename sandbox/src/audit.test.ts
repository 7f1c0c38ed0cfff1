// sandbox/src/audit.test.ts: the fleet's own stack on the cloud twin, audited: nothing to find at first; half a year on, the old certificate, and then somebody acts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { IAMClient } from '@aws-sdk/client-iam'
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand, IoTClient, ListAuditFindingsCommand, ListAuditTasksCommand, ListJobExecutionsForThingCommand, ListThingPrincipalsCommand, StartOnDemandAuditTaskCommand } from '@aws-sdk/client-iot'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { fleetNames } from '@fleet/contract/names'
import { ensureBoundary } from '@fleet/ops/bootstrap/ensure-boundary'
import { acceptConsolePolicy } from '@fleet/ops/console/policy-by-design'
import { inProcessEngine } from '@fleet/ops/stack/in-process'
import { readStageFile } from '@fleet/ops/stack/stage-file'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openCloud } from './cloud/cloud.ts'
import { type LightCloud, provision } from './site/light/light-pi.ts'
import { networkCable } from './site/network.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
const KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }
const THING = '10000000a1b2c3d4'
const DAY_MS = 86_400_000

/** The stack with one device that has joined. */
async function fleet() {
  const folder = mkdtempSync(join(tmpdir(), 'audit-of-stack-'))
  const log = { debug() {}, info() {}, warn() {}, error: console.error }
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: KEY, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(async () => {
    await cloud[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  const client = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  const { config } = readStageFile(REPOSITORY, 'dev', { 'fleetwright:accountId': ACCOUNT.accountId })
  const environment = { AWS_ENDPOINT_URL: cloud.endpoints.http, AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey }
  await ensureBoundary(new IAMClient(client), { stage: 'dev', ...ACCOUNT })
  await inProcessEngine({ programFolder: join(REPOSITORY, 'infra'), project: 'fleetwright', stateFolder: folder }).up({ stage: 'dev', config, environment })
  const iot = new IoTClient(client)
  await acceptConsolePolicy(iot, fleetNames({ stage: 'dev', ...ACCOUNT })) // as `fleet deploy` does after each `up`
  await joins(iot, client, cloud.endpoints)
  return { cloud, iot }
}

async function joins(iot: IoTClient, client: ConstructorParameters<typeof S3Client>[0] & object, endpoints: { readonly mqttPort: number; readonly caPem: string }): Promise<void> {
  const claim = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new AttachPolicyCommand({ policyName: 'fleet-dev-claim', target: claim.certificateArn }))
  await new S3Client({ ...client, forcePathStyle: true }).send(new PutObjectCommand({ Bucket: 'fleet-dev-000000000000-eu-central-1-provisioning', Key: 'allowlist.txt', Body: `${THING}\n` }))
  const cloud: LightCloud = {
    network: networkCable({ now: () => new Date() }),
    host: 'localhost',
    mqttPort: endpoints.mqttPort,
    rootCaPem: endpoints.caPem,
    claim: { certificatePem: claim.certificatePem ?? '', privateKeyPem: claim.keyPair?.PrivateKey ?? '' },
    provisioningTemplate: 'fleet-dev',
    telemetryRule: 'fleet_dev_telemetry',
  }
  await provision(THING, cloud)
}

test('our own stack has no finding on any check; half a year on the daily audit has the device asked for a new certificate', async () => {
  const { cloud, iot } = await fleet()
  const { auditCheckConfigurations = {} } = await iot.send(new DescribeAccountAuditConfigurationCommand({}))
  const checks = Object.keys(auditCheckConfigurations)
  const { taskId } = await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: checks }))
  const task = await vi.waitUntil(async () => {
    const described = await iot.send(new DescribeAuditTaskCommand({ taskId }))
    return described.taskStatus === 'IN_PROGRESS' ? undefined : described
  }, 10_000)
  const { findings = [] } = await iot.send(new ListAuditFindingsCommand({ taskId }))
  expect(findings.filter(({ isSuppressed }) => isSuppressed !== true)).toEqual([])
  expect(findings.map(({ nonCompliantResource }) => nonCompliantResource?.resourceIdentifier?.policyVersionIdentifier?.policyName)).toEqual(['fleet-dev-console']) // accepted, and no other
  expect(task.taskStatistics).toMatchObject({ totalChecks: 17, compliantChecks: 17 })

  cloud.clock.advance(181 * DAY_MS)
  const jobOf = async () => (await iot.send(new ListJobExecutionsForThingCommand({ thingName: THING }))).executionSummaries?.find(({ jobId = '' }) => jobId.startsWith('rotate-'))
  const { jobId = '' } = await vi.waitUntil(jobOf, { interval: 200 })
  const { principals = [] } = await iot.send(new ListThingPrincipalsCommand({ thingName: THING }))
  expect(jobId).toContain(principals[0]?.split('/').at(-1)?.slice(0, 16))
  const { tasks = [] } = await iot.send(new ListAuditTasksCommand({ startTime: new Date(0), endTime: cloud.clock.now(), taskType: 'SCHEDULED_AUDIT_TASK' }))
  expect(tasks).toMatchObject([{ taskStatus: 'COMPLETED' }])
})
