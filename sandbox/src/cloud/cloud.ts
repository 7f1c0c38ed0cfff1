// sandbox/src/cloud/cloud.ts: the whole cloud: this is the table of its contents; a further capability is one more line in it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from './account.ts'
import { cloudControlService } from './cloud-control/cloud-control.ts'
import { performer } from './cloud-control/performer.ts'
import { type Clock, cloudClock, machineTime } from './clock.ts'
import { countingEmbedded } from './cloudwatch/embedded-metrics.ts'
import { openCloudFront } from './cloudfront/cloudfront.ts'
import { openCloudWatch } from './cloudwatch/cloudwatch.ts'
import { openCognito } from './cognito/cognito.ts'
import { STATE_FILE } from './corrupt-state.ts'
import { credentialsProvider } from './credentials-provider/credentials-provider.ts'
import { openDynamoDb } from './dynamodb/dynamodb.ts'
import { ecrService } from './ecr/ecr.ts'
import { openFirehose } from './firehose/firehose.ts'
import { openFleetProvisioning } from './fleet-provisioning/fleet-provisioning.ts'
import { greengrassService } from './greengrass/greengrass.ts'
import { openIam } from './iam/iam.ts'
import { openAudit } from './iot-core/audit/audit.ts'
import { identityPoolReader } from './iot-core/audit/identity-pool-reader.ts'
import { identityPoolUse } from './iot-core/audit/identity-pool-use.ts'
import { roleReader } from './iot-core/audit/role-reader.ts'
import { serviceAccess } from './iot-core/audit/service-access.ts'
import { openBroker } from './iot-core/broker/broker.ts'
import { openMqttListener } from './iot-core/broker/tls-listener.ts'
import { mqttWebSocketRoute } from './iot-core/broker/web-socket.ts'
import { iotDataPlane } from './iot-core/data-plane/data-plane.ts'
import { fleetIndex } from './iot-core/fleet-index/fleet-index.ts'
import { iotLog as openIotLog } from './iot-core/iot-log.ts'
import { jobsControlPlane } from './iot-core/jobs/jobs-control-plane.ts'
import { jobsDataPlane } from './iot-core/jobs/jobs-data-plane.ts'
import { openJobs } from './iot-core/jobs/open-jobs.ts'
import { cognitoIdentities } from './iot-core/policy/cognito-identity.ts'
import { deviceIdentities } from './iot-core/policy/device-identity.ts'
import { openRegistry } from './iot-core/registry/registry.ts'
import { resourceTags } from './iot-core/resource-tags.ts'
import { thingReader } from './iot-core/registry/thing-reader.ts'
import { openRules } from './iot-core/rules/rules.ts'
import { rulesControlPlane } from './iot-core/rules/rules-control-plane.ts'
import { openShadows } from './iot-core/shadows/shadows.ts'
import { openKms } from './kms/kms.ts'
import { deadLetters } from './lambda/dead-letters.ts'
import { lambdaService } from './lambda/lambda.ts'
import type { CloudLog } from './log.ts'
import { openLogs } from './logs/logs.ts'
import { outbox } from './outbox.ts'
import { openPki } from './pki/pki.ts'
import { PortInUse } from './port-in-use.ts'
import { openS3 } from './s3/s3.ts'
import type { Service } from './service.ts'
import { signedDownloads } from './signed-downloads.ts'
import { openSns, type Sns } from './sns/sns.ts'
import { openSqs } from './sqs/sqs.ts'
import { openStore } from './store/store.ts'
import { authentication } from './wire/authentication.ts'
import { permitsByItself } from './wire/authorisation.ts'
import { gateway } from './wire/gateway.ts'
import { listen } from './wire/listener.ts'
import { AWS_DEFAULT_RATES, rateLimiter, unlimited } from './wire/rate-limits.ts'
import { registry as byModel } from './wire/service-registry.ts'

export interface CloudOptions {
  /** `:memory:` keeps nothing. */
  readonly stateFolder: string
  readonly account: Account
  /** The account's own key: it may do everything. */
  readonly rootKey: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** 0 takes a free one. */
  readonly gatewayPort: number
  readonly mqttPort: number
  readonly log: CloudLog
  readonly host?: string
  /** AWS's default request rates. */
  readonly quotas?: boolean
  /** False for benches only. */
  readonly verifySignatures?: boolean
}

export interface Cloud extends AsyncDisposable {
  readonly clock: Clock
  /** As if so much of the time of the credentials that were lent to this role had gone by. @returns how many are concerned */
  ageSessions(roleName: string, byMs: number): number
  readonly endpoints: CloudEndpoints
  /** Names of the operations that it offers, by model. */
  readonly offers: Readonly<Record<string, readonly string[]>>
}

export interface CloudEndpoints {
  readonly gatewayPort: number
  readonly mqttPort: number
  /** All AWS APIs; the same port speaks TLS. */
  readonly http: string
  readonly https: string
  readonly mqtts: string
  /** The root certificate that clients of TLS trust. */
  readonly caPem: string
}

/** @throws PortInUse, StateUnreadable; then nothing is left open */
export async function openCloud(options: CloudOptions): Promise<Cloud> {
  const resources = new AsyncDisposableStack()
  try {
    const cloud = await compose(options, resources)
    return { ...cloud, [Symbol.asyncDispose]: async () => resources.disposeAsync() }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

async function compose({ account, log, rootKey, host = '127.0.0.1', quotas = false, verifySignatures = true, ...options }: CloudOptions, resources: AsyncDisposableStack): Promise<Omit<Cloud, keyof AsyncDisposable>> {
  // What all stand on.
  const folder = openFolder(options.stateFolder, resources)
  const store = resources.use(openStore(options.stateFolder === IN_MEMORY ? IN_MEMORY : join(folder, STATE_FILE)))
  const clock = cloudClock(store)
  const base = { account, store, clock, log }
  const rates = quotas ? rateLimiter(AWS_DEFAULT_RATES) : unlimited
  const pki = openPki(base)
  const iam = openIam({ ...base, clock: machineTime, rootKey })
  const access = serviceAccess(base)
  const { roleSessions: roles } = iam
  const identities = { ...iam.identities, accessed: access.note }
  const logs = openLogs(base)
  const cloudwatch = openCloudWatch(base)
  const s3 = openS3({ ...base, identities })
  const objects = s3.objectStore
  const cloudfront = openCloudFront({ ...base, origin: s3.origin })
  const downloads = signedDownloads(store, machineTime)

  const dynamo = resources.use(openDynamoDb({ ...base, folder: options.stateFolder === IN_MEMORY ? undefined : join(folder, 'dynamodb') }))
  const firehose = resources.use(openFirehose({ ...base, roles, objects }))

  // What runs code and keeps images.
  let endpoint = ''
  const sqs = openSqs(base)
  const letters = deadLetters({ roles, queues: sqs.sink, topics: () => sns.publisher, log })
  const lambda = resources.use(lambdaService({ ...base, clock: machineTime, logs: countingEmbedded(logs.sink, cloudwatch.metrics), roles, objects, downloads, deadLetters: letters, endpoint: () => endpoint, folder: join(folder, 'lambda') }))
  const sns: Sns = openSns({ ...base, functions: lambda.invoker, queues: sqs.sink, sendMail: outbox(join(folder, 'mail')) })
  const ecr = ecrService({ ...base, downloads, permits: (principal, action, resource) => permitsByItself(identities, principal, { action, resource }) })

  // IoT Core.
  const iotLog = openIotLog({ account, clock, log, sink: logs.sink })
  const registry = openRegistry({ ...base, pki, knowsArn: (kind, name) => taggable[kind]?.(name) === true })
  const deviceRegistry = registry.devices
  const devices = deviceIdentities(deviceRegistry, clock)
  const poolUse = identityPoolUse(base)
  const people = cognitoIdentities(identities, deviceRegistry, poolUse.note)
  const broker = openBroker({ ...base, registry: deviceRegistry, iotLog, quotas })
  resources.defer(() => broker.close())
  const shadows = openShadows({ store, clock, bus: broker })
  const jobs = resources.use(openJobs({ ...base, registry: deviceRegistry, bus: broker, isEventEnabled: (type) => registry.operations.DescribeEventConfigurations().eventConfigurations[type]?.Enabled === true }))
  const rules = openRules({ ...base, broker, functions: lambda.invoker, objects, logs: logs.sink, metrics: cloudwatch.metrics, topics: sns.publisher, queues: sqs.sink, items: dynamo.items, records: firehose.records, roles, things: thingReader(registry.operations), iotLog })
  const tags = resourceTags(registry.state)
  const provisioning = openFleetProvisioning({ ...base, registry, pki, bus: broker, functions: lambda.invoker, roles, iotLog, rates })
  const cognito = openCognito({ ...base, clock: machineTime, sessions: iam.federatedSessions })
  const audit = resources.use(openAudit({ ...base, registry: registry.state, tags, roles, roleReader: roleReader(iam, access), identityPools: identityPoolReader(cognito.identityPools), identityPoolUse: poolUse, topics: sns.publisher, loggingOptions: () => registry.operations.GetV2LoggingOptions({}), listen: (listener) => broker.listen(listener) }))
  const greengrass = greengrassService({ ...base, jobs: jobs.jobs, shadows, bus: broker, registry: deviceRegistry, identities: devices, objects, downloads })

  const taggable: Readonly<Record<string, (name: string) => boolean>> = {
    job: (name) => jobs.tables.jobs.get(name) !== undefined,
    rule: (name) => rules.has(name),
    provisioningtemplate: (name) => provisioning.knowsTemplate(name),
    scheduledaudit: audit.knowsScheduled,
  }

  const services: Service[] = [
    ...iam.services,
    s3.service,
    dynamo.service,
    firehose.service,
    logs.service,
    openKms(base),
    lambda.service,
    sqs.service,
    sns.service,
    cloudwatch.service,
    cloudfront.service,
    ...cognito.services,
    ecr.service,
    registry.service,
    fleetIndex({ registry: registry.state, broker, shadows, configuration: () => registry.operations.GetIndexingConfiguration().thingIndexingConfiguration }),
    jobsControlPlane({ ...base, jobs, objects, tags }),
    rulesControlPlane({ ...base, rules, tags }),
    provisioning.service,
    audit.service,
    iotDataPlane({ broker, shadows, identities: devices, people, clock }),
    jobsDataPlane({ device: jobs.device, identities: devices, people, clock }),
    greengrass.service,
    cloudControlService({ ...base, perform: performer({ services: () => services, identities, clock: machineTime }) }),
  ]
  const routes = [
    cloudfront.route,
    downloads.route,
    ecr.route,
    greengrass.route,
    credentialsProvider({ registry, identities: devices, roles, iotLog }),
    mqttWebSocketRoute({ broker, devices, identities, people, authenticate: authentication({ identities, account, clock: machineTime, verifySignatures }) }),
  ]

  const certificateArn = (certificateId: string) => (devices.of(certificateId).refusedBecause() === undefined ? deviceRegistry.certificate(certificateId)?.arn : undefined)
  const front = gateway({ account, clock: machineTime, services, routes, identities, log, limiter: rates, verifySignatures, certificateArn })
  const listener = resources.use(await listen({ host, port: options.gatewayPort, serverIdentity: pki, gateway: front, clock: machineTime, log }))
  const mqtt = await openMqttListener({ broker, identities: devices, log, credentials: () => pki.serverCredentials(), host, port: options.mqttPort }).catch((error: unknown) => {
    throw isTaken(error) ? new PortInUse(options.mqttPort, 'mqtt', error) : error
  })
  resources.defer(() => mqtt.close())
  endpoint = `http://127.0.0.1:${listener.port}`
  lambda.resume()
  return { clock, ageSessions: iam.ageSessions, endpoints: endpointsAt(listener.port, mqtt.port, pki.caPem), offers: offersOf(services) }
}

const endpointsAt = (gatewayPort: number, mqttPort: number, caPem: string): CloudEndpoints => ({
  gatewayPort,
  mqttPort,
  http: `http://127.0.0.1:${gatewayPort}`,
  https: `https://localhost:${gatewayPort}`,
  mqtts: `mqtts://localhost:${mqttPort}`,
  caPem,
})

const offersOf = (services: readonly Service[]): Cloud['offers'] =>
  Object.fromEntries([...byModel(services)].map(([model, { operations }]) => [model, Object.keys(operations).filter((name) => operations[name] !== undefined).sort()]))

const IN_MEMORY = ':memory:'

/** Where files lie beside the state; a cloud that keeps nothing has a temporary one. */
function openFolder(stateFolder: string, resources: AsyncDisposableStack): string {
  if (stateFolder !== IN_MEMORY) {
    mkdirSync(stateFolder, { recursive: true })
    return stateFolder
  }
  const folder = mkdtempSync(join(tmpdir(), 'cloud-'))
  resources.defer(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const isTaken = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
