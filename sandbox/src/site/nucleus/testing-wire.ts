// sandbox/src/site/nucleus/testing-wire.ts: a cloud for tests that look at every message: a real broker whose services are the test, and a small data plane.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify as yamlText } from 'yaml'
import { testCloud, type TestCloud } from '../../cloud/iot-core/testing.ts'
import { networkCable, type NetworkCable } from '../network.ts'
import { textOf, type JsonObject } from './json.ts'
import { startNucleus, type Nucleus, type NucleusOptions } from './nucleus.ts'
import { QUICK, temporaryFolder } from './testing.ts'

export interface Said {
  readonly topic: string
  readonly payload: Record<string, unknown>
}

export interface WireCloud {
  readonly cloud: TestCloud
  readonly cable: NetworkCable
  readonly root: string
  /** Messages of the nucleus to `$aws/things/core/<ending>`, in their order. */
  readonly said: (ending: string) => readonly Record<string, unknown>[]
  /** Publishes to `$aws/things/core/<ending>`. */
  readonly say: (ending: string, payload: object) => Promise<void>
  /** What answers a message; takes the place of the answer before. */
  readonly on: (ending: string, answer: (payload: Record<string, unknown>) => Promise<void> | void) => void
  /** Recipes that the data plane knows, by component name. */
  readonly components: Record<string, JsonObject>
  readonly start: (options?: Partial<NucleusOptions>) => Promise<Nucleus>
  readonly log: () => string
}

export const JOBS = { next: 'jobs/$next/namespace-aws-gg-deployment/get', notify: 'jobs/notify-namespace-aws-gg-deployment', update: (jobId: string) => `jobs/${jobId}/namespace-aws-gg-deployment/update` }
export const SHADOW = 'shadow/name/AWSManagedGreengrassV2Deployment'
export const HEALTH = 'greengrassv2/health/json'

export async function wireCloud(): Promise<WireCloud> {
  const cloud = await testCloud()
  const all: Said[] = []
  const answers = new Map<string, (payload: Record<string, unknown>) => Promise<void> | void>()
  const things = '$aws/things/core/'
  cloud.broker.reserve('$aws/things/', async ({ topic, payload }) => {
    const message = { topic: topic.slice(things.length), payload: JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown> }
    all.push(message)
    await answers.get(message.topic)?.(message.payload)
  })
  const components: Record<string, JsonObject> = {}
  const port = await dataPlane(cloud, components)
  return { cloud, components, ...core(cloud, port, await cloud.issue('core')), ...{
    said: (ending: string) => all.flatMap(({ topic, payload }) => (topic === ending ? [payload] : [])),
    say: (ending: string, payload: object) => cloud.broker.publish({ topic: `${things}${ending}`, payload: JSON.stringify(payload), qos: 1 }),
    on: (ending: string, answer: (payload: Record<string, unknown>) => Promise<void> | void) => void answers.set(ending, answer),
  } }
}

/** Knows the group `fleet` and one version of each component. */
async function dataPlane({ pki }: TestCloud, components: Readonly<Record<string, JsonObject>>): Promise<number> {
  const { key, cert } = pki.serverCredentials()
  const server = createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    request.on('end', () => {
      const answer = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json', ...(status === 404 && { 'x-amzn-errortype': 'ResourceNotFoundException' }) }).end(JSON.stringify(body))
      if (request.url?.endsWith('/thingGroups') === true) return answer(200, { thingGroups: [{ thingGroupName: 'fleet', rootToParentThingGroups: [] }], nextToken: null })
      const { componentCandidates: [{ componentName }] } = JSON.parse(text) as { componentCandidates: [{ componentName: string }] }
      const recipe = components[componentName]
      if (recipe === undefined) return answer(404, { message: `no usable version of ${componentName}` })
      const arn = `arn:aws:greengrass:eu-central-1:000000000000:components:${componentName}:versions:${textOf(recipe['ComponentVersion'])}`
      return answer(200, { resolvedComponentVersions: [{ arn, componentName, componentVersion: recipe['ComponentVersion'], recipe: Buffer.from(JSON.stringify(recipe)).toString('base64') }] })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port // it listens on TCP
}

function core({ port, pki }: TestCloud, dataPlanePort: number, { cert, key }: { readonly cert: string; readonly key: string }): Pick<WireCloud, 'cable' | 'root' | 'start' | 'log'> {
  const folder = temporaryFolder()
  const root = join(folder, 'v2')
  mkdirSync(root)
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const system = { thingName: 'core', certificateFilePath: file('cert.pem', cert), privateKeyPath: file('key.pem', key), rootCaPath: file('ca.pem', pki.caPem) }
  const mqtt = { port, operationTimeoutMs: 500, minimumReconnectDelaySeconds: 0.02, maximumReconnectDelaySeconds: 0.1 }
  const configuration = { awsRegion: 'eu-central-1', iotDataEndpoint: 'localhost', iotCredEndpoint: 'localhost:1', greengrassDataPlaneEndpoint: `https://localhost:${dataPlanePort}`, mqtt }
  const initConfig = file('init.yaml', yamlText({ system, services: { 'aws.greengrass.Nucleus': { configuration } } }))
  const now = () => new Date()
  const cable = networkCable({ now })
  return {
    ...{ cable, root },
    log: () => readFileSync(join(root, 'logs/greengrass.log'), 'utf8'),
    async start(options = {}) {
      const nucleus = await startNucleus({ root, initConfig, environment: { PATH: process.env['PATH'] ?? '' }, network: cable, now, timings: QUICK, ...options })
      onTestFinished(() => nucleus.stop())
      return nucleus
    },
  }
}

/** A deployment document to the group, as the cloud writes it. */
export const documentOf = (revision: number, components: Readonly<Record<string, string>>): JsonObject => ({
  deploymentId: `deployment-${revision}`,
  configurationArn: `arn:aws:greengrass:eu-central-1:000000000000:configuration:thinggroup/fleet:${revision}`,
  creationTimestamp: Date.now(),
  components: Object.fromEntries(Object.entries(components).map(([name, version]) => [name, { version }])),
})

export const recipeOf = (name: string, lifecycle: JsonObject): JsonObject => ({ RecipeFormatVersion: '2020-01-25', ComponentName: name, ComponentVersion: '1.0.0', Manifests: [{ Platform: { os: 'linux' }, Lifecycle: lifecycle }] })
