// sandbox/src/stack.test.ts: the real Pulumi program, run without the Pulumi CLI against the cloud twin: made, unchanged, changed, released, torn down.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, DescribeLogGroupsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, GetItemCommand, ListTablesCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { GreengrassV2Client, ListComponentsCommand, ListComponentVersionsCommand, ListDeploymentsCommand } from '@aws-sdk/client-greengrassv2'
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import {
  AttachPolicyCommand,
  CreateJobCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  DescribeProvisioningTemplateCommand,
  DescribeThingCommand,
  GetIndexingConfigurationCommand,
  GetPolicyCommand,
  IoTClient,
  ListPoliciesCommand,
  ListProvisioningTemplatesCommand,
  ListRoleAliasesCommand,
  ListThingGroupsCommand,
  ListThingsInThingGroupCommand,
  ListTopicRulesCommand,
} from '@aws-sdk/client-iot'
import { IoTJobsDataPlaneClient, StartNextPendingJobExecutionCommand, UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane'
import { GetPolicyCommand as GetFunctionPolicyCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { alarmIn } from '@fleet/contract/alarm'
import { plainItem } from '@fleet/contract/item'
import { HistoryItem, LastStateItem } from '@fleet/contract/telemetry'
import { ensureBoundary } from '@fleet/ops/bootstrap/ensure-boundary'
import { inProcessEngine } from '@fleet/ops/stack/in-process'
import { readStageFile } from '@fleet/ops/stack/stage-file'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openCloud } from './cloud/cloud.ts'
import { provision, switchOn, type LightCloud } from './site/light/light-pi.ts'
import { networkCable } from './site/network.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
const KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }

async function site() {
  const folder = mkdtempSync(join(tmpdir(), 'stack-on-twin-'))
  const requests: string[] = []
  const log = { debug: (event: string, fields: { operation?: unknown } = {}) => event === 'request answered' && requests.push(String(fields.operation)), info() {}, warn() {}, error() {} }
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: KEY, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(async () => {
    await cloud[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  const engine = inProcessEngine({ programFolder: join(REPOSITORY, 'infra'), project: 'fleetwright', stateFolder: folder })
  const environment = { AWS_ENDPOINT_URL: cloud.endpoints.http, AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey }
  const client = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  await ensureBoundary(new IAMClient(client), { stage: 'dev', ...ACCOUNT }) // as bootstrap and deploy do
  return {
    engine,
    client,
    endpoints: cloud.endpoints,
    requests,
    folder,
    run: (settings: Record<string, string> = {}, more: Record<string, string> = {}) => {
      const { config } = readStageFile(REPOSITORY, 'dev', { 'fleetwright:accountId': ACCOUNT.accountId, ...settings })
      return { stage: 'dev', config, environment: { ...environment, ...more } }
    },
  }
}

/** A release with this version of the LED component. */
function release(folder: string, ledVersion: string): Record<string, string> {
  const component = (name: string, version: string) => ({
    name,
    version,
    contentDigest: `sha256:${'0'.repeat(64)}`,
    image: 'none',
    recipe: JSON.stringify({ RecipeFormatVersion: '2020-01-25', ComponentName: name, ComponentVersion: version, Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'true' } }] }),
  })
  const file = join(folder, `release-${ledVersion}.json`)
  const components = [component('fleetwright.led', ledVersion), component('fleetwright.button', '1.0.0')]
  writeFileSync(file, JSON.stringify({ formatVersion: 1, id: `r-${ledVersion}`, publishedAt: '2026-11-21T00:00:00Z', components }))
  return { FLEET_RELEASE_MANIFEST: file }
}

/** Everything that the program makes, as each service lists it. */
async function inventory(client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof KEY }) {
  const iot = new IoTClient(client)
  const greengrass = new GreengrassV2Client(client)
  const components = (await greengrass.send(new ListComponentsCommand({}))).components ?? []
  const versions = await Promise.all(components.map(async ({ arn }) => (await greengrass.send(new ListComponentVersionsCommand({ arn }))).componentVersions ?? []))
  return {
    policies: (await iot.send(new ListPoliciesCommand({}))).policies?.map(({ policyName }) => policyName).sort(),
    templates: (await iot.send(new ListProvisioningTemplatesCommand({}))).templates?.map(({ templateName }) => templateName),
    roleAliases: (await iot.send(new ListRoleAliasesCommand({}))).roleAliases,
    thingGroups: (await iot.send(new ListThingGroupsCommand({}))).thingGroups?.map(({ groupName }) => groupName),
    rules: (await iot.send(new ListTopicRulesCommand({}))).rules?.map(({ ruleName }) => ruleName),
    roles: (await new IAMClient(client).send(new ListRolesCommand({}))).Roles?.length,
    functions: (await new LambdaClient(client).send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName),
    logGroups: (await new CloudWatchLogsClient(client).send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName).sort(),
    buckets: (await new S3Client({ ...client, forcePathStyle: true }).send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    tables: (await new DynamoDBClient(client).send(new ListTablesCommand({}))).TableNames,
    repositories: (await new ECRClient(client).send(new DescribeRepositoriesCommand({}))).repositories?.map(({ repositoryName }) => repositoryName).sort(),
    components: versions.flat().map(({ componentName, componentVersion }) => `${componentName} ${componentVersion}`).sort(),
    deployments: (await greengrass.send(new ListDeploymentsCommand({ historyFilter: 'ALL' }))).deployments?.length,
  }
}

const NOTHING = { policies: [], templates: [], roleAliases: [], thingGroups: [], rules: [], roles: 0, functions: [], logGroups: [], buckets: [], tables: [], repositories: [], components: [], deployments: 0 }

test('the whole life of a stack', async () => {
  const { engine, client, requests, run, folder } = await site()

  const { outputs, changes } = await engine.up(run())
  expect(changes.every(({ operation }) => operation === 'create')).toBe(true)
  expect(outputs).toMatchObject({ thingGroup: 'fleet-dev', provisioningTemplate: 'fleet-dev', claimPolicy: 'fleet-dev-claim', roleAlias: 'fleet-dev-device', telemetryRule: 'fleet_dev_telemetry', release: '' })
  expect(await inventory(client)).toMatchObject({
    policies: ['fleet-dev-claim', 'fleet-dev-console', 'fleet-dev-device'],
    templates: ['fleet-dev'],
    thingGroups: ['fleet-dev'],
    rules: ['fleet_dev_alarm', 'fleet_dev_failed_deployments', 'fleet_dev_offline', 'fleet_dev_online', ...['csr', 'ended', 'outcome', 'prove'].map((part) => `fleet_dev_rotation_${part}`), 'fleet_dev_telemetry'],
    functions: ['fleet-dev-admission-hook', 'fleet-dev-rotation-finish', 'fleet-dev-rotation-sign', 'fleet-dev-rotation-start'],
    logGroups: [
      ...['/aws/greengrass/GreengrassSystemComponent/eu-central-1/System', '/aws/greengrass/UserComponent/eu-central-1/fleetwright.button', '/aws/greengrass/UserComponent/eu-central-1/fleetwright.cert-rotator', '/aws/greengrass/UserComponent/eu-central-1/fleetwright.health', '/aws/greengrass/UserComponent/eu-central-1/fleetwright.led', '/aws/greengrass/UserComponent/eu-central-1/fleetwright.os-update'],
      ...['admission-hook', 'rotation-finish', 'rotation-sign', 'rotation-start'].map((name) => `/aws/lambda/fleet-dev-${name}`),
      ...['/fleet/dev/rotation-errors', '/fleet/dev/telemetry'],
    ],
    buckets: ['fleet-dev-000000000000-eu-central-1-console', 'fleet-dev-000000000000-eu-central-1-provisioning', 'fleet-dev-000000000000-eu-central-1-telemetry'],
    tables: ['fleet-dev-alarms', 'fleet-dev-last-state', 'fleet-dev-telemetry'],
    repositories: ['fleet-dev/button', 'fleet-dev/cert-rotator', 'fleet-dev/health', 'fleet-dev/led', 'fleet-dev/os-update'],
    components: [],
    deployments: 0,
  })

  requests.length = 0
  expect(await engine.up(run())).toMatchObject({ changes: [], outputs })
  expect(requests).toEqual([])

  const shorter = { 'fleetwright:logRetentionDays': '7' }
  expect((await engine.up(run(shorter))).changes.map(({ name, operation, properties }) => `${operation} ${name} ${properties.join()}`).sort()).toEqual([
    'update admission-log retentionInDays',
    'update deployment-logs-button retentionInDays',
    'update deployment-logs-cert-rotator retentionInDays',
    'update deployment-logs-health retentionInDays',
    'update deployment-logs-led retentionInDays',
    'update deployment-logs-os-update retentionInDays',
    'update deployment-logs-system retentionInDays',
    'update rotation-finish-log retentionInDays',
    'update rotation-rules-errors retentionInDays',
    'update rotation-sign-log retentionInDays',
    'update rotation-start-log retentionInDays',
    'update telemetry-events retentionInDays',
  ])
  expect(requests.filter((operation) => /^(Create|Update|Delete)/.test(operation))).toEqual(Array(12).fill('UpdateResource'))

  await engine.up(run(shorter, release(folder, '1.0.0')))
  const next = await engine.up(run(shorter, release(folder, '1.1.0')))
  expect(next.changes.map(({ name, operation }) => `${operation} ${name}`)).toEqual(['replace deployment-fleetwright.led', 'replace deployment-release'])
  expect(next.outputs).toMatchObject({ release: 'r-1.1.0' })
  expect(await inventory(client)).toMatchObject({ components: ['fleetwright.button 1.0.0', 'fleetwright.led 1.1.0'], deployments: 1 })

  requests.length = 0
  expect((await engine.up(run(shorter, release(folder, '1.1.0')))).changes).toEqual([])
  expect(requests).toEqual([])

  await engine.destroy(run(shorter))
  expect(await inventory(client)).toEqual(NOTHING)
  expect(await engine.outputs('dev')).toBeUndefined()
})

test('what is made is what the program says: documents, hook and settings of the account', async () => {
  const { engine, client, run } = await site()
  await engine.up(run())
  const iot = new IoTClient(client)
  const { policyDocument } = await iot.send(new GetPolicyCommand({ policyName: 'fleet-dev-device' }))
  expect(JSON.parse(policyDocument ?? '')).toMatchObject({ Statement: [{ Sid: 'Connect', Action: ['iot:Connect'] }, {}, {}, {}, {}, {}] })
  const template = await iot.send(new DescribeProvisioningTemplateCommand({ templateName: 'fleet-dev' }))
  expect(template.preProvisioningHook?.targetArn).toBe('arn:aws:lambda:eu-central-1:000000000000:function:fleet-dev-admission-hook')
  expect(template.enabled).toBe(true)
  const hook = JSON.parse((await new LambdaClient(client).send(new GetFunctionPolicyCommand({ FunctionName: 'fleet-dev-admission-hook' }))).Policy ?? '') as { Statement: unknown[] }
  expect(hook.Statement).toEqual([
    expect.objectContaining({
      Principal: { Service: 'iot.amazonaws.com' },
      Condition: { StringEquals: { 'AWS:SourceAccount': '000000000000' }, ArnLike: { 'AWS:SourceArn': 'arn:aws:iot:eu-central-1:000000000000:provisioningtemplate/fleet-dev' } },
    }),
  ])
  expect((await iot.send(new GetIndexingConfigurationCommand({}))).thingIndexingConfiguration).toMatchObject({ thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' })
})

test('a listed device joins through what the program made, reports, and an unlisted one does not', async () => {
  const { engine, client, run, endpoints } = await site()
  await engine.up(run())
  const iot = new IoTClient(client)
  const claim = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new AttachPolicyCommand({ policyName: 'fleet-dev-claim', target: claim.certificateArn }))
  await new S3Client({ ...client, forcePathStyle: true }).send(new PutObjectCommand({ Bucket: 'fleet-dev-000000000000-eu-central-1-provisioning', Key: 'allowlist.txt', Body: '# the lab\n10000000a1b2c3d4\n' }))
  const cloud: LightCloud = {
    network: networkCable({ now: () => new Date() }),
    host: 'localhost',
    mqttPort: endpoints.mqttPort,
    rootCaPem: endpoints.caPem,
    claim: { certificatePem: claim.certificatePem ?? '', privateKeyPem: claim.keyPair?.PrivateKey ?? '' },
    provisioningTemplate: 'fleet-dev',
    telemetryRule: 'fleet_dev_telemetry',
  }
  await expect(provision('10000000deadbeef', cloud)).rejects.toThrow()
  const identity = await provision('10000000a1b2c3d4', cloud)
  expect(await iot.send(new DescribeThingCommand({ thingName: '10000000a1b2c3d4' }))).toMatchObject({ attributes: { fleet: 'fleet-dev' } })
  expect((await iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'fleet-dev' }))).things).toEqual(['10000000a1b2c3d4'])

  const pi = await switchOn(identity, cloud)
  expect(await pi.reportShadow({ on: true })).toMatchObject({ state: { reported: { on: true } } })
  const at = new Date().toISOString()
  await pi.sendTelemetry({ firstAt: at, firstSequence: 1, lastSequence: 1, sentAt: at, lost: 0, thing: 'somebody else', entries: [{ sequence: 1, at, on: true, frequencyHz: 1 }] })
  await pi.end()
  const logs = new CloudWatchLogsClient(client)
  const heard = await vi.waitFor(async () => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/fleet/dev/telemetry' }))
    expect(events).toHaveLength(1)
    return JSON.parse(events[0]?.message ?? '') as unknown
  }, 5000)
  expect(heard).toMatchObject({ entries: [{ sequence: 1 }], entry: `led#${at}#1`, thing: '10000000a1b2c3d4', kind: 'led', certificateId: expect.stringMatching(/^[0-9a-f]{64}$/) })

  const db = new DynamoDBClient(client)
  const { Items: [item] = [] } = await vi.waitFor(async () => {
    const found = await db.send(new QueryCommand({ TableName: 'fleet-dev-telemetry', KeyConditionExpression: 'thing = :t AND begins_with(entry, :k)', ExpressionAttributeValues: { ':t': { S: '10000000a1b2c3d4' }, ':k': { S: 'led#' } } }))
    expect(found.Items).toHaveLength(1)
    return found
  }, 5000)
  const kept = HistoryItem.parse(plainItem(item ?? {}))
  expect(kept).toMatchObject({ entry: `led#${at}#1`, kind: 'led', entries: [{ sequence: 1, on: true }] })
  expect(kept.expiresAt - kept.receivedAt / 1000).toBeCloseTo(30 * 86_400, -1)
  const { Item: last } = await db.send(new GetItemCommand({ TableName: 'fleet-dev-last-state', Key: { thing: { S: '10000000a1b2c3d4' }, kind: { S: 'led' } } }))
  expect(LastStateItem.parse(plainItem(last ?? {})).batch).toEqual(kept)
  const { Item: alarm } = await db.send(new GetItemCommand({ TableName: 'fleet-dev-alarms', Key: { thing: { S: '10000000a1b2c3d4' }, alarm: { S: 'offline' } } }))
  expect(alarmIn(plainItem(alarm ?? {}))).toMatchObject({ state: 'cleared', why: 'connected again' })

  const verdicts = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/fleet-dev-admission-hook', filterPattern: 'device' }))
  expect(verdicts.events?.map(({ message }) => message).join()).toMatch(/device refused.*not on the allowlist.*10000000deadbeef[^]*device admitted.*10000000a1b2c3d4/)
})

test('a refused device and a deployment that failed on a device are counted where the alarms look; a rotation that failed is not', async () => {
  const { engine, client, run } = await site()
  await engine.up(run())
  const [iot, lambda, jobs] = [new IoTClient(client), new LambdaClient(client), new IoTJobsDataPlaneClient(client)]
  await lambda.send(new InvokeCommand({ FunctionName: 'fleet-dev-admission-hook', Payload: new TextEncoder().encode('{"not":"a request"}') }))
  const { thingArn = '' } = await iot.send(new CreateThingCommand({ thingName: '10000000a1b2c3d4' }))
  const ends = async (jobId: string, status: 'FAILED' | 'SUCCEEDED') => {
    await iot.send(new CreateJobCommand({ jobId, targets: [thingArn], document: '{}' }))
    await jobs.send(new StartNextPendingJobExecutionCommand({ thingName: '10000000a1b2c3d4' }))
    await jobs.send(new UpdateJobExecutionCommand({ jobId, thingName: '10000000a1b2c3d4', status }))
  }
  await ends('rotate-1', 'FAILED')
  await ends('deployment-1', 'SUCCEEDED')
  await ends('deployment-2', 'FAILED')
  const cloudwatch = new CloudWatchClient(client)
  const now = Date.now()
  const sumOf = async (MetricName: string) => {
    const { Datapoints = [] } = await cloudwatch.send(new GetMetricStatisticsCommand({ Namespace: 'Fleetwright/dev', MetricName, StartTime: new Date(now - 3_600_000), EndTime: new Date(now + 3_600_000), Period: 300, Statistics: ['Sum'] }))
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0)
  }
  await vi.waitFor(async () => expect([await sumOf('DevicesRefused'), await sumOf('DeploymentsFailed')]).toEqual([1, 1]))
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms.filter(({ Namespace }) => Namespace === 'Fleetwright/dev').map(({ MetricName }) => MetricName).sort()).toEqual(['DeploymentsFailed', 'DevicesRefused', 'RotationsFailed', 'SigningsRefused'])
})

test('credentials of another account are refused before anything is made', async () => {
  const { engine, client, run } = await site()
  await expect(engine.up(run({ 'fleetwright:accountId': '111111111111' }))).rejects.toMatchObject({ code: 'ACCOUNT_WRONG' })
  expect(await inventory(client)).toEqual(NOTHING)
})
