// sandbox/src/operator/testing.ts: what tests of the operator's command line need: a cloud with the bare bones of a stage, and fleet as a process.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { AddThingToThingGroupCommand, AttachThingPrincipalCommand, CreateCertificateFromCsrCommand, CreatePolicyCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot'
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { COMPONENTS, fleetNames } from '@fleet/contract/names'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { SANDBOX_ENDPOINTS_FILE, type SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import { certificateRequest, newKey } from '@fleet/ops/claim/claim-key'
import { sandboxTarget, type Target } from '@fleet/ops/target/target'
import { onTestFinished } from 'vitest'
import { openCloud, type Cloud } from '../cloud/cloud.ts'
import { countingProxy, type CountingProxy } from './counting-proxy.ts'

export const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' } as const
export const KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' } as const
export const NAMES = fleetNames({ stage: 'dev', ...ACCOUNT })

const FLEET = fileURLToPath(new URL('../../../ops/bin/fleet.js', import.meta.url))

export interface TestStage {
  readonly cloud: Cloud
  /** Through the proxy, as the child processes. */
  readonly target: Target
  readonly proxy: CountingProxy
  readonly folder: string
  readonly iot: IoTClient
  readonly s3: S3Client
  readonly ecr: ECRClient
  /** Runs fleet to its end. */
  fleet(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>
  /** Begins to run fleet, or another program of ours. */
  start(args: readonly string[], options?: { readonly environment?: Readonly<Record<string, string>>; readonly program?: string }): Running
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface Running {
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

export interface TestStageOptions {
  /** Another console than none. */
  readonly console?: string
  readonly quotas?: boolean
  /** Hears what takes it down, of one that tests share: they must not harm each other. Else it is gone after the test that opens it. */
  readonly atEnd?: (takeDown: () => Promise<void>) => void
}

/** A cloud of its own, with nothing in it, and a sandbox's endpoints file that names it. */
export async function openTestStage({ console = 'http://127.0.0.1:9', quotas = false, atEnd = onTestFinished }: TestStageOptions = {}): Promise<TestStage> {
  const log = { debug() {}, info() {}, warn() {}, error: (event: string, fields?: object) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`) }
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: KEY, gatewayPort: 0, mqttPort: 0, log, quotas })
  const proxy = await countingProxy(cloud.endpoints.http)
  const folder = await mkdtemp(join(tmpdir(), 'fleet-operator-'))
  atEnd(async () => {
    await proxy[Symbol.asyncDispose]()
    await cloud[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 }) // a process that has just ended may still write its compile cache
  })
  const endpoints: SandboxEndpoints = {
    ...{ pid: process.pid, stage: 'dev', ...ACCOUNT, ...KEY, console },
    gateway: proxy.url,
    gatewayTls: cloud.endpoints.https,
    mqtt: { host: 'localhost', port: cloud.endpoints.mqttPort },
    caFile: join(folder, 'ca.pem'),
  }
  await writeFile(join(folder, SANDBOX_ENDPOINTS_FILE), JSON.stringify(endpoints))
  const client = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  const start: TestStage['start'] = (args, { environment = {}, program = FLEET } = {}) => {
    const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, HOME: folder, TMPDIR: process.env.TMPDIR, FLEET_SANDBOX_STATE: folder, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
    const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(([how, out, err]) => ({ ...how, out, err }))
    return { kill: (signal) => void child.kill(signal), ended }
  }
  return {
    ...{ cloud, proxy, folder, start },
    target: sandboxTarget(endpoints, folder),
    iot: new IoTClient(client),
    s3: new S3Client({ ...client, forcePathStyle: true }),
    ecr: new ECRClient(client),
    fleet: (args, environment = {}) => start(args, { environment }).ended,
  }
}

/** What `fleet deploy` would make, as far as the commands under test look at it. */
export async function bareStack({ iot, s3, ecr }: TestStage): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: NAMES.provisioningBucket, CreateBucketConfiguration: { LocationConstraint: ACCOUNT.region } }))
  await s3.send(new PutBucketVersioningCommand({ Bucket: NAMES.provisioningBucket, VersioningConfiguration: { Status: 'Enabled' } }))
  await iot.send(new CreateThingGroupCommand({ thingGroupName: NAMES.thingGroup }))
  await iot.send(new CreatePolicyCommand({ policyName: NAMES.claimPolicy, policyDocument: NOTHING }))
  for (const component of COMPONENTS) await ecr.send(new CreateRepositoryCommand({ repositoryName: NAMES.imageRepository(component), imageTagMutability: 'IMMUTABLE' }))
}

const NOTHING = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:*', Resource: '*' }] })

/** A device as fleet provisioning leaves it; answers its certificate's id. */
export async function provisioned(serial: string, { iot }: TestStage): Promise<string> {
  const csr = await certificateRequest(newKey(), serial)
  const { certificateArn, certificateId = '' } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }))
  await iot.send(new CreateThingCommand({ thingName: serial, attributePayload: { attributes: { [THING_ATTRIBUTES.fleet]: NAMES.thingGroup } } }))
  await iot.send(new AddThingToThingGroupCommand({ thingName: serial, thingGroupName: NAMES.thingGroup }))
  await iot.send(new AttachThingPrincipalCommand({ thingName: serial, principal: certificateArn, thingPrincipalType: 'EXCLUSIVE_THING' }))
  return certificateId
}

/** Runs a process and kills it when its n-th request comes, before the cloud hears of it. False when it came to its end before that. */
export async function killedAt(call: number, { proxy }: TestStage, begin: () => Running): Promise<boolean> {
  proxy.calls.length = 0
  const running = begin()
  proxy.before = async (each) => {
    if (each < call) return
    running.kill('SIGKILL')
    await running.ended
    throw new Error('its client was killed')
  }
  const { signal, code, err } = await running.ended
  proxy.before = () => {}
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`it ended with ${String(code)}: ${err}`)
  return signal === 'SIGKILL'
}
