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
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { fleetNames, storeKeys } from '@fleet/contract/names'
import type { BootSettings } from '@fleet/contract/boot-settings'
import { parseStage } from '@fleet/contract/stage'
import { hookGrants } from '@fleet/infra/src/admission/grants.ts'
import { fleetArns } from '@fleet/infra/src/arn.ts'
import { bundle } from '@fleet/infra/src/bundle.ts'
import { claimPolicy } from '@fleet/infra/src/provisioning/claim-policy.ts'
import { templateBody } from '@fleet/infra/src/provisioning/template.ts'
import { thingPolicy } from '@fleet/infra/src/provisioning/thing-policy.ts'
import { strToU8, zipSync } from 'fflate'
import { openCloud, type Cloud, type CloudOptions } from '../cloud/cloud.ts'

const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' } as const
const ROOT_KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }
const STAGE = parseStage('test', { 'aws:region': ACCOUNT.region, 'aws-native:region': ACCOUNT.region, 'fleetwright:accountId': ACCOUNT.accountId })
const NAMES = fleetNames(STAGE)

export interface TestCloud extends AsyncDisposable {
  readonly cloud: Cloud
  readonly settings: BootSettings
  readonly claim: { readonly certificatePem: string; readonly privateKeyPem: string }
  readonly telemetryRule: string
  /** The allowlist has these serial numbers from now on. */
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
  const s3 = new S3Client({ ...client, forcePathStyle: true })
  const role = async (name: string, service: string, grants: object) => {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] }
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }))
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: JSON.stringify(grants) }))
    return Role?.Arn ?? ''
  }
  const admit = (...serials: readonly string[]) => s3.send(new PutObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist, Body: `${serials.join('\n')}\n` }))
  await s3.send(new CreateBucketCommand({ Bucket: NAMES.provisioningBucket, CreateBucketConfiguration: { LocationConstraint: ACCOUNT.region } }))
  await admit()
  const { FunctionArn = '' } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: NAMES.admissionHook,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 5,
      Role: await role('hook', 'lambda.amazonaws.com', hookGrants(STAGE)),
      Code: { ZipFile: zipSync({ 'index.js': strToU8(bundle('admission/hook.lambda.ts')) }) },
      Environment: { Variables: { ALLOWLIST_BUCKET: NAMES.provisioningBucket, ALLOWLIST_KEY: storeKeys.allowlist, METRICS: NAMES.metrics, TEMPLATE_ARN: fleetArns(STAGE).provisioningTemplate } },
    }),
  )
  await lambda.send(new AddPermissionCommand({ FunctionName: NAMES.admissionHook, StatementId: 'iot', Action: 'lambda:InvokeFunction', Principal: 'iot.amazonaws.com' }))
  await iot.send(new CreateThingGroupCommand({ thingGroupName: NAMES.thingGroup }))
  await iot.send(new CreatePolicyCommand({ policyName: NAMES.devicePolicy, policyDocument: JSON.stringify(thingPolicy(STAGE)) }))
  await iot.send(new CreatePolicyCommand({ policyName: NAMES.claimPolicy, policyDocument: JSON.stringify(claimPolicy(STAGE)) }))
  await iot.send(
    new CreateProvisioningTemplateCommand({
      templateName: NAMES.provisioningTemplate,
      templateBody: templateBody(STAGE),
      enabled: true,
      provisioningRoleArn: await role('provisioning', 'iot.amazonaws.com', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] }),
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
      await admit(...serials)
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
