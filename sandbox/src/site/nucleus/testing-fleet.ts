// sandbox/src/site/nucleus/testing-fleet.ts: the whole cloud of the sandbox for tests, a thing group in it, and core devices with roots of their own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateComponentVersionCommand, CreateDeploymentCommand, GetCoreDeviceCommand, GreengrassV2Client, type CreateDeploymentCommandInput } from '@aws-sdk/client-greengrassv2'
import { AttachPolicyCommand, AttachThingPrincipalCommand, AddThingToThingGroupCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateRoleAliasCommand, CreateThingCommand, CreateThingGroupCommand, DescribeJobExecutionCommand, IoTClient } from '@aws-sdk/client-iot'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { silentLog } from '@fleet/log'
import { onTestFinished } from 'vitest'
import { stringify as yamlText } from 'yaml'
import { openCloud, type Cloud } from '../../cloud/cloud.ts'
import { networkCable, type NetworkCable } from '../network.ts'
import type { JsonObject } from './json.ts'
import { startNucleus, type Nucleus, type NucleusOptions } from './nucleus.ts'
import { QUICK, temporaryFolder } from './testing.ts'

export const GROUP = 'fleet'
const REGION = 'eu-central-1'
const ACCOUNT = '000000000000'
const KEY = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'not-a-secret' }

export interface TestFleet {
  readonly cloud: Cloud
  readonly iot: IoTClient
  readonly greengrass: GreengrassV2Client
  readonly settings: { readonly endpoint: string; readonly region: string; readonly credentials: typeof KEY; readonly maxAttempts: number }
  /** A thing of the group with a certificate that may do everything. */
  readonly core: (thingName?: string) => Promise<TestCore>
  /** A component whose lifecycle is this. */
  readonly publish: (name: string, version: string, recipe: JsonObject) => Promise<void>
  readonly deploy: (components: CreateDeploymentCommandInput['components'], more?: Partial<CreateDeploymentCommandInput>) => Promise<TestDeployment>
}

export interface TestDeployment {
  readonly deploymentId: string
  readonly jobId: string
}

export interface TestCore {
  readonly thingName: string
  readonly root: string
  readonly cable: NetworkCable
  readonly initConfig: string
  readonly start: (options?: Partial<NucleusOptions>) => Promise<Nucleus>
  /** Lines of a log file of the nucleus. */
  readonly log: (name: string) => string
  readonly status: () => Promise<{ readonly status: string | undefined }>
  /** How the job of a deployment stands for this core. */
  readonly execution: (deployment: TestDeployment) => Promise<{ readonly status: string | undefined; readonly details: Readonly<Record<string, string>> }>
}

export async function testFleet(): Promise<TestFleet> {
  const cloud = await openCloud({ stateFolder: ':memory:', account: { accountId: ACCOUNT, region: REGION }, rootKey: KEY, gatewayPort: 0, mqttPort: 0, log: silentLog })
  onTestFinished(() => cloud[Symbol.asyncDispose]())
  const settings = { endpoint: cloud.endpoints.http, region: REGION, credentials: KEY, maxAttempts: 1 }
  const iot = new IoTClient(settings)
  const greengrass = new GreengrassV2Client(settings)
  await iot.send(new CreateThingGroupCommand({ thingGroupName: GROUP }))
  await iot.send(new CreatePolicyCommand({ policyName: 'all', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iot:*', 'greengrass:*'], Resource: '*' }] }) }))
  return {
    ...{ cloud, iot, greengrass, settings },
    core: (thingName = 'core-1') => testCore(thingName, { cloud, iot, greengrass }),
    async publish(name, version, recipe) {
      const complete = { RecipeFormatVersion: '2020-01-25', ComponentName: name, ComponentVersion: version, Manifests: [{ Platform: { os: 'linux' }, Lifecycle: {} }], ...recipe }
      await greengrass.send(new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify(complete)) }))
    },
    async deploy(components, more = {}) {
      const { deploymentId = '', iotJobId = '' } = await greengrass.send(new CreateDeploymentCommand({ targetArn: `arn:aws:iot:${REGION}:${ACCOUNT}:thinggroup/${GROUP}`, components, ...more }))
      return { deploymentId, jobId: iotJobId }
    },
  }
}

/** The role behind the cores' role alias, which may read buckets. */
export async function withRole({ iot, settings }: TestFleet): Promise<void> {
  const iam = new IAMClient(settings)
  const Version = '2012-10-17'
  const trust = { Version, Statement: [{ Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] }
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'device', AssumeRolePolicyDocument: JSON.stringify(trust) }))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'device', PolicyName: 'read', PolicyDocument: JSON.stringify({ Version, Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:GetBucketLocation'], Resource: '*' }] }) }))
  await iot.send(new CreateRoleAliasCommand({ roleAlias: 'alias', roleArn: Role?.Arn }))
}

type Clients = Pick<TestFleet, 'cloud' | 'iot' | 'greengrass'>

async function testCore(thingName: string, { cloud, iot, greengrass }: Clients): Promise<TestCore> {
  const folder = temporaryFolder()
  const root = join(folder, 'v2')
  const cable = networkCable({ now: () => new Date() })
  const { certificateArn = '', certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new CreateThingCommand({ thingName }))
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }))
  await iot.send(new AttachPolicyCommand({ policyName: 'all', target: certificateArn }))
  await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: GROUP }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const system = { thingName, rootpath: root, certificateFilePath: file('cert.pem', certificatePem), privateKeyPath: file('key.pem', keyPair?.PrivateKey ?? ''), rootCaPath: file('ca.pem', cloud.endpoints.caPem) }
  const initConfig = file('init.yaml', yamlText({ system, services: { 'aws.greengrass.Nucleus': { configuration: nucleusConfiguration(cloud) } } }))
  mkdirSync(root)
  return {
    ...{ thingName, root, cable, initConfig },
    async start(options = {}) {
      const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, AWS_ENDPOINT_URL: cloud.endpoints.http }
      const nucleus = await startNucleus({ root, initConfig, environment, network: cable, now: () => new Date(), timings: QUICK, ...options })
      onTestFinished(() => nucleus.stop())
      return nucleus
    },
    log: (name) => readFileSync(join(root, 'logs', `${name}.log`), 'utf8'),
    status: async () => ({ status: (await greengrass.send(new GetCoreDeviceCommand({ coreDeviceThingName: thingName }))).status }),
    async execution({ jobId }) {
      const { execution } = await iot.send(new DescribeJobExecutionCommand({ jobId, thingName }))
      return { status: execution?.status, details: execution?.statusDetails?.detailsMap ?? {} }
    },
  }
}

export const nucleusConfiguration = ({ endpoints }: Cloud): JsonObject => ({
  ...{ awsRegion: REGION, iotRoleAlias: 'alias', iotDataEndpoint: 'localhost', iotCredEndpoint: `localhost:${endpoints.gatewayPort}` },
  greengrassDataPlaneEndpoint: `https://localhost:${endpoints.gatewayPort}`,
  mqtt: { port: endpoints.mqttPort },
})
