// sandbox/src/cloud/greengrass/testing.ts: Greengrass with a real broker, real jobs and shadows and a real gateway; core devices come by mutual TLS and MQTT.
import { request } from 'node:https'
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import type { MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'
import type { Jobs } from '../iot-core/jobs/jobs.ts'
import { openJobs } from '../iot-core/jobs/open-jobs.ts'
import { deviceIdentities } from '../iot-core/policy/device-identity.ts'
import { openShadows } from '../iot-core/shadows/shadows.ts'
import { type Credentials, policyAllowing, testCloud, type TestCloud, type TestCloudOptions } from '../iot-core/testing.ts'
import { signedDownloads } from '../signed-downloads.ts'
import { ACCOUNT, openTestGateway, type TestGateway } from '../wire/testing.ts'
import { greengrassService } from './greengrass.ts'

export { ACCOUNT }
export const GROUP = 'fleet-dev'
export const groupArn = (name = GROUP) => `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thinggroup/${name}`
export const thingArn = (name: string) => `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thing/${name}`

export interface Core {
  readonly thingName: string
  readonly credentials: Credentials
  /** GET, or POST with a body. */
  ask(path: string, body?: object): Promise<{ readonly status: number; readonly headers: Record<string, unknown>; readonly body: Record<string, unknown> }>
  /** Its one MQTT connection. */
  connect(): Promise<MqttClient>
  /** Says how a deployment by job goes; resolves when the cloud has taken it. */
  updateJob(jobId: string, update: { readonly status: string; readonly statusDetails?: Readonly<Record<string, string>> }): Promise<void>
  /** Publishes a fleet status message; resolves when the broker has taken it. */
  report(message: object): Promise<void>
}

export interface GreengrassBench {
  readonly cloud: TestCloud
  readonly client: GreengrassV2Client
  /** For the constructors of other SDK clients. */
  readonly settings: TestGateway['client']
  readonly jobs: Jobs
  readonly objects: Map<string, Uint8Array>
  /** A thing in the group, with a certificate whose policies allow this of Greengrass. */
  core(thingName: string, allowed?: readonly (readonly [actions: readonly string[], resources: readonly string[]])[]): Promise<Core>
}

export async function greengrassBench({ rolePolicies = [], ...options }: TestCloudOptions & { readonly rolePolicies?: readonly string[] } = {}): Promise<GreengrassBench> {
  const cloud = await testCloud(options)
  const { store, clock, registry, broker: bus } = cloud
  const { account, log } = { account: ACCOUNT, log: cloud.recorded.log }
  const { jobs, [Symbol.dispose]: stopJobs } = openJobs({ account, store, clock, registry, bus, log, isEventEnabled: () => false })
  onTestFinished(stopJobs)
  registry.join('first-of-the-group', GROUP) // so that the group is there
  const objects = new Map<string, Uint8Array>()
  const downloads = signedDownloads(store, clock)
  const greengrass = greengrassService({
    ...{ account, log, store, clock, registry, bus, jobs, downloads },
    shadows: openShadows({ store, clock, bus }),
    identities: deviceIdentities(registry, clock),
    objects: { get: (bucket, key) => objects.get(`${bucket}/${key}`), put: (bucket, key, body) => void objects.set(`${bucket}/${key}`, body) },
  })
  const gateway = await openTestGateway({ services: [greengrass.service], routes: [greengrass.route, downloads.route], clock, rolePolicies })
  return {
    ...{ cloud, jobs, objects },
    client: new GreengrassV2Client(gateway.client()),
    settings: gateway.client,
    async core(thingName, allowed = [[['greengrass:*', 'iot:*'], ['*']]]) {
      const credentials = await cloud.issue(thingName, allowed.map(([actions, resources]) => policyAllowing(actions, resources)))
      registry.addThing(thingName, { certificateId: credentials.certificateId, exclusive: true })
      registry.join(thingName, GROUP)
      let connection: Promise<MqttClient> | undefined
      const connect = async () => (connection ??= cloud.connect(credentials, { clientId: thingName }))
      return {
        thingName,
        credentials,
        connect,
        ask: async (path, body) => ask(`${gateway.tlsEndpoint}${path}`, { ca: gateway.pki.caPem, ...credentials, body }),
        async report(message) {
          await (await connect()).publishAsync(`$aws/things/${thingName}/greengrassv2/health/json`, JSON.stringify(message), { qos: 1 })
        },
        async updateJob(jobId, update) {
          const client = await connect()
          const topic = `$aws/things/${thingName}/jobs/${jobId}/namespace-aws-gg-deployment/update`
          await client.subscribeAsync([`${topic}/accepted`, `${topic}/rejected`], { qos: 1 })
          const answered = new Promise<string>((resolve) => client.on('message', (answer) => answer.startsWith(topic) && resolve(answer)))
          await client.publishAsync(topic, JSON.stringify(update), { qos: 1 })
          if ((await answered) !== `${topic}/accepted`) throw new Error(`the update of job ${jobId} was rejected`)
        },
      }
    },
  }
}

async function ask(url: string, { body, ...tls }: { readonly ca: string; readonly cert: string; readonly key: string; readonly body: object | undefined }): Promise<Awaited<ReturnType<Core['ask']>>> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: body ? 'POST' : 'GET', agent: false, ...tls }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown> }))
    })
    sent.on('error', reject).end(body && JSON.stringify(body))
  })
}
