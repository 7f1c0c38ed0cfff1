// sandbox/src/site/cloud.testing.ts: a cloud with what the fleet's Pulumi program makes of provisioning, for the tests of Pis: claim, template, hook, device policy.
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AttachPolicyCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateProvisioningTemplateCommand,
  CreateThingGroupCommand,
  DescribeCertificateCommand,
  IoTClient,
  ListThingPrincipalsCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { fleetNames } from '@fleet/contract/names'
import type { BootSettings } from '@fleet/contract/boot-settings'
import type { Stage } from '@fleet/contract/stage'
import { claimPolicy } from '@fleet/infra/src/provisioning/claim-policy.ts'
import { templateBody } from '@fleet/infra/src/provisioning/template.ts'
import { thingPolicy } from '@fleet/infra/src/provisioning/thing-policy.ts'
import { strToU8, zipSync } from 'fflate'
import { openCloud, type Cloud, type CloudOptions } from '../cloud/cloud.ts'

const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
const ROOT_KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }
const STAGE: Stage = { stage: 'test', ...ACCOUNT, logRetentionDays: 1, logUploadSeconds: 300, protectsData: false, rollout: { devicesPerMinute: 1000, abortAtFailedPercent: 10 }, managesAccountSettings: false, releaseManifest: undefined }
const NAMES = fleetNames(STAGE)

export interface TestCloud extends AsyncDisposable {
  readonly cloud: Cloud
  readonly settings: BootSettings
  readonly claim: { readonly certificatePem: string; readonly privateKeyPem: string }
  readonly telemetryRule: string
  /** The hook lets in these serial numbers from now on; `*` any. */
  admit(...serials: readonly string[]): Promise<void>
  /** Ids and status of the certificates of a thing. */
  certificatesOf(thingName: string): Promise<readonly { readonly id: string; readonly status: string | undefined }[]>
  setStatus(certificateId: string, newStatus: 'ACTIVE' | 'INACTIVE'): Promise<void>
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export async function testCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: ROOT_KEY, gatewayPort: 0, mqttPort: 0, log: silent, ...options })
  const client = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: ROOT_KEY }
  const [iot, lambda, iam] = [new IoTClient(client), new LambdaClient(client), new IAMClient(client)]
  const role = async (name: string, service: string, actions: readonly string[]) => {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] }
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }))
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] })
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }))
    return Role?.Arn ?? ''
  }
  const code = `exports.handler = async ({ parameters: { SerialNumber } }) => ({ allowProvisioning: ['*', SerialNumber].some((word) => process.env.ADMITTED.split(' ').includes(word)) })`
  const environment = (serials: readonly string[]) => ({ Variables: { ADMITTED: serials.join(' ') } })
  const { FunctionArn = '' } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'hook',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: await role('hook', 'lambda.amazonaws.com', ['logs:*']),
      Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
      Environment: environment([]),
    }),
  )
  await lambda.send(new AddPermissionCommand({ FunctionName: 'hook', StatementId: 'iot', Action: 'lambda:InvokeFunction', Principal: 'iot.amazonaws.com' }))
  await iot.send(new CreateThingGroupCommand({ thingGroupName: NAMES.thingGroup }))
  await iot.send(new CreatePolicyCommand({ policyName: NAMES.devicePolicy, policyDocument: JSON.stringify(thingPolicy(STAGE)) }))
  await iot.send(new CreatePolicyCommand({ policyName: NAMES.claimPolicy, policyDocument: JSON.stringify(claimPolicy(STAGE)) }))
  await iot.send(
    new CreateProvisioningTemplateCommand({
      templateName: NAMES.provisioningTemplate,
      templateBody: templateBody(STAGE),
      enabled: true,
      provisioningRoleArn: await role('provisioning', 'iot.amazonaws.com', ['iot:*']),
      preProvisioningHook: { targetArn: FunctionArn },
    }),
  )
  const { certificateArn = '', certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new AttachPolicyCommand({ policyName: NAMES.claimPolicy, target: certificateArn }))
  const { gatewayPort, mqttPort } = cloud.endpoints
  return {
    cloud,
    settings: {
      STAGE: STAGE.stage,
      REGION: ACCOUNT.region,
      IOT_DATA_ENDPOINT: 'localhost',
      MQTT_PORT: mqttPort,
      IOT_CREDENTIAL_ENDPOINT: `localhost:${gatewayPort}`,
      GREENGRASS_DATA_PLANE_ENDPOINT: `https://localhost:${gatewayPort}`,
      PROVISIONING_TEMPLATE: NAMES.provisioningTemplate,
      ROLE_ALIAS: NAMES.roleAlias,
      AWS_ENDPOINT_URL: cloud.endpoints.http,
    },
    claim: { certificatePem, privateKeyPem: keyPair?.PrivateKey ?? '' },
    telemetryRule: NAMES.telemetryRule,
    admit: async (...serials) => {
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'hook', Environment: environment(serials) }))
    },
    async certificatesOf(thingName) {
      const { principals = [] } = await iot.send(new ListThingPrincipalsCommand({ thingName }))
      return Promise.all(
        principals.map(async (principal) => {
          const id = principal.split('/')[1] ?? ''
          const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId: id }))
          return { id, status: certificateDescription?.status }
        }),
      )
    },
    setStatus: async (certificateId, newStatus) => {
      await iot.send(new UpdateCertificateCommand({ certificateId, newStatus }))
    },
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  }
}
