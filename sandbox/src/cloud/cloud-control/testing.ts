// sandbox/src/cloud/cloud-control/testing.ts: Cloud Control in front of the real services, behind a real gateway, for the tests of this folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CloudControlClient,
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  ListResourcesCommand,
  type ProgressEvent,
  UpdateResourceCommand,
} from '@aws-sdk/client-cloudcontrol'
import { onTestFinished } from 'vitest'
import { openDynamoDb } from '../dynamodb/dynamodb.ts'
import { ecrService } from '../ecr/ecr.ts'
import { openFirehose } from '../firehose/firehose.ts'
import { openFleetProvisioning } from '../fleet-provisioning/fleet-provisioning.ts'
import { greengrassService } from '../greengrass/greengrass.ts'
import { openIam } from '../iam/iam.ts'
import { openAudit } from '../iot-core/audit/audit.ts'
import { identityPoolReader } from '../iot-core/audit/identity-pool-reader.ts'
import { identityPoolUse } from '../iot-core/audit/identity-pool-use.ts'
import { roleReader } from '../iot-core/audit/role-reader.ts'
import { serviceAccess } from '../iot-core/audit/service-access.ts'
import { deviceIdentities } from '../iot-core/policy/device-identity.ts'
import { iotLog } from '../iot-core/iot-log.ts'
import { openJobs } from '../iot-core/jobs/open-jobs.ts'
import { openRegistry } from '../iot-core/registry/registry.ts'
import { thingReader } from '../iot-core/registry/thing-reader.ts'
import { resourceTags } from '../iot-core/resource-tags.ts'
import { ruleOperations } from '../iot-core/rules/rule-operations.ts'
import { openRules } from '../iot-core/rules/rules.ts'
import { openShadows } from '../iot-core/shadows/shadows.ts'
import { testCloud } from '../iot-core/testing.ts'
import { openCloudFront } from '../cloudfront/cloudfront.ts'
import { openCognito } from '../cognito/cognito.ts'
import { openCloudWatch } from '../cloudwatch/cloudwatch.ts'
import { deadLetters } from '../lambda/dead-letters.ts'
import { lambdaService } from '../lambda/lambda.ts'
import { openLogs } from '../logs/logs.ts'
import { openS3 } from '../s3/s3.ts'
import type { Service } from '../service.ts'
import { signedDownloads } from '../signed-downloads.ts'
import { openSns, type Sns } from '../sns/sns.ts'
import { openSqs } from '../sqs/sqs.ts'
import { ACCOUNT, ACCOUNT_KEY, openTestGateway } from '../wire/testing.ts'
import { cloudControlService } from './cloud-control.ts'
import { performer } from './performer.ts'

export { ACCOUNT }

export interface ControlBench {
  readonly client: CloudControlClient
  /** For the constructors of other SDK clients. */
  readonly settings: (key?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }) => {
    readonly endpoint: string
    readonly region: string
    readonly credentials: typeof ACCOUNT_KEY
    readonly maxAttempts: number
  }
  readonly create: (typeName: string, desired: object, clientToken?: string) => Promise<ProgressEvent>
  readonly update: (typeName: string, identifier: string, patch: readonly object[] | string) => Promise<ProgressEvent>
  readonly remove: (typeName: string, identifier: string) => Promise<ProgressEvent>
  readonly get: (typeName: string, identifier: string) => Promise<Record<string, unknown>>
  readonly list: (typeName: string, model?: object) => Promise<readonly string[]>
  readonly restart: () => Promise<ControlBench>
}

/** All state is in `file`, so that a second bench on it is the cloud after a restart. */
export async function controlBench(file = join(folder(), 'state.sqlite')): Promise<ControlBench> {
  const cloud = await testCloud({ file })
  const { store, clock, pki, broker: bus, recorded } = cloud
  const { log, sink } = recorded
  const common = { account: ACCOUNT, store, clock, log }
  const iam = openIam({ ...common, rootKey: ACCOUNT_KEY })
  const s3 = openS3({ ...common, identities: iam.identities })
  const logs = openLogs(common)
  const downloads = signedDownloads(store, clock)
  const roles = iam.roleSessions
  const sqs = openSqs(common)
  const letters = deadLetters({ roles, queues: sqs.sink, topics: () => sns.publisher, log })
  const lambda = lambdaService({ ...common, logs: logs.sink, roles, objects: s3.objectStore, downloads, deadLetters: letters, endpoint: () => 'http://127.0.0.1:1', folder: join(folder(), 'functions') })
  const sns: Sns = openSns({ ...common, functions: lambda.invoker, queues: sqs.sink, sendMail: () => undefined })
  const registry = openRegistry({ ...common, pki, knowsArn: () => true })
  const provisioning = openFleetProvisioning({ store, registry, pki, bus, functions: lambda.invoker, roles, log, iotLog: iotLog({ account: ACCOUNT, clock, log, sink }) })
  const { jobs, [Symbol.dispose]: stopJobs } = openJobs({ ...common, registry: registry.devices, bus, isEventEnabled: () => false })
  onTestFinished(stopJobs)
  const greengrass = greengrassService({
    ...common,
    jobs,
    bus,
    downloads,
    registry: registry.devices,
    shadows: openShadows({ store, clock, bus }),
    identities: deviceIdentities(registry.devices, clock),
    objects: s3.objectStore,
  })
  const cloudwatch = openCloudWatch(common)
  const dynamo = openDynamoDb({ ...common, folder: `${file}.dynamodb` })
  const firehose = openFirehose({ ...common, roles, objects: s3.objectStore })
  onTestFinished(async () => {
    firehose[Symbol.dispose]()
    await dynamo[Symbol.asyncDispose]()
  })
  const rules = openRules({
    ...common,
    roles,
    broker: bus,
    functions: lambda.invoker,
    objects: s3.objectStore,
    logs: logs.sink,
    metrics: cloudwatch.metrics,
    topics: sns.publisher,
    queues: sqs.sink,
    items: dynamo.items,
    things: thingReader(registry.operations),
    records: firehose.records,
    iotLog: iotLog({ account: ACCOUNT, clock, log, sink }),
  })
  const tags = resourceTags(registry.state)
  const cognito = openCognito({ ...common, sessions: iam.federatedSessions })
  const audit = openAudit({ ...common, registry: registry.state, tags, roles, roleReader: roleReader(iam, serviceAccess(common)), identityPools: identityPoolReader(cognito.identityPools), identityPoolUse: identityPoolUse(common), topics: sns.publisher, loggingOptions: () => registry.operations.GetV2LoggingOptions({}), listen: (listener) => bus.listen(listener) })
  onTestFinished(() => audit[Symbol.dispose]())
  const topicRules: Service = { model: 'iot', operations: ruleOperations({ ...common, rules, tags }) }
  const ecr = ecrService({ ...common, downloads, permits: ({ kind }) => kind === 'account' })
  const services: Service[] = [...iam.services, s3.service, dynamo.service, firehose.service, logs.service, lambda.service, sqs.service, sns.service, cloudwatch.service, openCloudFront({ ...common, origin: s3.origin }).service, ...cognito.services, registry.service, provisioning.service, topicRules, audit.service, greengrass.service, ecr.service]
  services.push(cloudControlService({ ...common, perform: performer({ services: () => services, identities: iam.identities, clock }) }))
  const gateway = await openTestGateway({ services, routes: [ecr.route], clock, identities: iam.identities })
  onTestFinished(() => lambda[Symbol.asyncDispose]())
  const client = new CloudControlClient(gateway.client())
  const event = ({ ProgressEvent }: { readonly ProgressEvent?: ProgressEvent | undefined }) => ProgressEvent ?? {}
  return {
    client,
    settings: (key) => gateway.client(key),
    create: async (TypeName, desired, ClientToken) => event(await client.send(new CreateResourceCommand({ TypeName, DesiredState: JSON.stringify(desired), ClientToken }))),
    update: async (TypeName, Identifier, patch) =>
      event(await client.send(new UpdateResourceCommand({ TypeName, Identifier, PatchDocument: typeof patch === 'string' ? patch : JSON.stringify(patch) }))),
    remove: async (TypeName, Identifier) => event(await client.send(new DeleteResourceCommand({ TypeName, Identifier }))),
    async get(TypeName, Identifier) {
      const { ResourceDescription } = await client.send(new GetResourceCommand({ TypeName, Identifier }))
      return JSON.parse(ResourceDescription?.Properties ?? '') as Record<string, unknown>
    },
    async list(TypeName, model) {
      const { ResourceDescriptions = [] } = await client.send(new ListResourcesCommand({ TypeName, ...(model ? { ResourceModel: JSON.stringify(model) } : {}) }))
      return ResourceDescriptions.map(({ Identifier = '' }) => Identifier)
    },
    async restart() {
      await lambda[Symbol.asyncDispose]()
      stopJobs()
      audit[Symbol.dispose]()
      firehose[Symbol.dispose]()
      await dynamo[Symbol.asyncDispose]()
      await cloud.close()
      return controlBench(file)
    },
  }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cloud-control-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
