// sandbox/src/rotation.testing.ts: tests only: the shipped stack on a twin, and devices in a test's hands: each message of a rotation is said by hand.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CloudWatchLogsClient, FilterLogEventsCommand, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { IAMClient } from '@aws-sdk/client-iam'
import { AttachPolicyCommand, CreateJobCommand, CreateKeysAndCertificateCommand, DescribeJobExecutionCommand, IoTClient, ListCertificatesCommand, ListThingPrincipalsCommand } from '@aws-sdk/client-iot'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { arn } from '@fleet/contract/arn'
import { jobs } from '@fleet/contract/jobs'
import { rotationJob } from '@fleet/contract/rotation-job'
import { rotation } from '@fleet/contract/topics'
import { ensureBoundary } from '@fleet/ops/bootstrap/ensure-boundary'
import { inProcessEngine } from '@fleet/ops/stack/in-process'
import { readStageFile } from '@fleet/ops/stack/stage-file'
import { openCloud } from './cloud/cloud.ts'
import { certificateRequest, newDeviceKey, privateKeyPem } from './site/certificate-request.ts'
import { provision, type LightIdentity } from './site/light/light-pi.ts'
import { networkCable } from './site/network.ts'
import { openSession } from './site/nucleus/mqtt/session.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
const KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }
const LIMIT_MS = 20_000
const LOOK_MS = 5

export type Json = Readonly<Record<string, unknown>>

export interface StageOptions {
  /** AWS's own request rates. */
  readonly quotas?: boolean
  /** They are listed, and join later or not at all. */
  readonly joinsLater?: boolean
}

export async function rotationStage(serials: readonly string[], { quotas = false, joinsLater = false }: StageOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-'))
  const [calls, refused]: [string[], string[]] = [[], []]
  const answered = ({ operation, status }: Json) => {
    calls.push(String(operation))
    if (status === 400 || status === 429) refused.push(String(operation))
  }
  const log = { debug: (event: string, fields: Json = {}) => event === 'request answered' && answered(fields), info() {}, warn() {}, error() {} }
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: KEY, gatewayPort: 0, mqttPort: 0, quotas, log })
  const client = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  const site = { network: networkCable({ now: () => new Date() }), host: 'localhost', mqttPort: cloud.endpoints.mqttPort, rootCaPem: cloud.endpoints.caPem }
  const [iot, logs] = [new IoTClient(client), new CloudWatchLogsClient(client)]
  const claims = new Set<string | undefined>()
  /** Makes a stage; answers what a card of it knows. */
  const deployed = async (stage: string, listed: readonly string[], settings: Readonly<Record<string, string>> = {}) => {
    const { config } = readStageFile(REPOSITORY, 'dev', { 'fleetwright:accountId': ACCOUNT.accountId, ...settings })
    const environment = { AWS_ENDPOINT_URL: cloud.endpoints.http, AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey }
    await ensureBoundary(new IAMClient(client), { stage, ...ACCOUNT })
    await inProcessEngine({ programFolder: join(REPOSITORY, 'infra'), project: 'fleetwright', stateFolder: folder }).up({ stage, config, environment })
    const claim = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
    claims.add(claim.certificateId)
    await iot.send(new AttachPolicyCommand({ policyName: `fleet-${stage}-claim`, target: claim.certificateArn }))
    await new S3Client({ ...client, forcePathStyle: true }).send(new PutObjectCommand({ Bucket: `fleet-${stage}-000000000000-eu-central-1-provisioning`, Key: 'allowlist.txt', Body: `${listed.join('\n')}\n` }))
    return { ...site, claim: { certificatePem: claim.certificatePem ?? '', privateKeyPem: claim.keyPair?.PrivateKey ?? '' }, provisioningTemplate: `fleet-${stage}`, telemetryRule: `fleet_${stage}_telemetry` }
  }
  const light = await deployed('dev', serials)
  const identities: LightIdentity[] = []
  for (const serial of joinsLater ? [] : serials) identities.push(await provision(serial, light)) // the hook has 5 s, and this machine few cores
  return {
    ...{ cloud, client, iot, logs, calls, identities, light, deployed },
    /** Of the calls, those that were malformed or came too fast. */
    refused,
    idOf,
    connect: (identity: LightIdentity) => connect(identity, light),
    /** Ids of the thing's certificates, and of all that are no claim. */
    certificatesOf: async (thingName: string) => ((await iot.send(new ListThingPrincipalsCommand({ thingName }))).principals ?? []).map((each) => each.split(':cert/')[1] ?? ''),
    certificates: async () => ((await iot.send(new ListCertificatesCommand({ pageSize: 250 }))).certificates ?? []).map(({ certificateId = '' }) => certificateId).filter((id) => !claims.has(id)),
    async ask(identity: LightIdentity, attempt = 1) {
      const job = rotationJob({ thing: identity.serial, thingArn: arn('iot', { stage: 'dev', ...ACCOUNT }, `thing/${identity.serial}`), certificateId: idOf(identity.certificatePem), attempt })
      await iot.send(new CreateJobCommand(job))
      return job.jobId
    },
    execution: async (thingName: string, jobId: string) => (await iot.send(new DescribeJobExecutionCommand({ thingName, jobId }))).execution,
    /** Lines that a function of rotation has logged. */
    async logged(part: 'start' | 'sign' | 'finish', event: string, stage = 'dev'): Promise<readonly Json[]> {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/fleet-${stage}-rotation-${part}` }))
      return events.flatMap(({ message = '' }) => (message.startsWith('{') ? [JSON.parse(message) as Json] : [])).filter((line) => line['event'] === event)
    },
    /** How often a function has been run: Lambda writes a START for each. */
    async invocations(part: 'start' | 'sign' | 'finish'): Promise<number> {
      let count = 0
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName: `/aws/lambda/fleet-dev-rotation-${part}`, filterPattern: '"START RequestId"' })) count += events.length
      return count
    },
    async [Symbol.asyncDispose]() {
      await cloud[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}
export type RotationStage = Awaited<ReturnType<typeof rotationStage>>

export const idOf = (pem: string): string => createHash('sha256').update(Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')).digest('hex')

export interface NewKey {
  readonly csr: string
  readonly digest: string
  readonly privateKeyPem: string
}

export function newKey(commonName: string): NewKey {
  const key = newDeviceKey()
  const publicKey = key.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(publicKey.x ?? '', 'base64url'), Buffer.from(publicKey.y ?? '', 'base64url')])
  const info = Buffer.concat([Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'), point]) // SubjectPublicKeyInfo of a P-256 key (RFC 5480)
  return { csr: certificateRequest(key, commonName), digest: createHash('sha256').update(info).digest('hex'), privateKeyPem: privateKeyPem(key) }
}

/** A connection with these credentials; everything that is heard is kept. */
async function connect({ serial, certificatePem, privateKeyPem: privateKey }: LightIdentity, light: Parameters<typeof provision>[1]) {
  const heard: { readonly topic: string; readonly message: Json }[] = []
  const session = await openSession({
    ...{ network: light.network, host: light.host, port: light.mqttPort, tls: { ca: light.rootCaPem, certificate: certificatePem, privateKey } },
    ...{ version: 'mqtt5', clientId: serial, username: '', clean: true, keepAliveSeconds: 60, connectTimeoutMs: LIMIT_MS, operationTimeoutMs: LIMIT_MS },
    onMessage: ({ topic, payload }) => void heard.push({ topic, message: JSON.parse(Buffer.from(payload).toString('utf8')) as Json }),
  })
  for (const topic of [rotation.signed, rotation.refused, rotation.proven, rotation.finished, jobs.updateAccepted, jobs.updateRejected]) await session.subscribe(topic.of(serial), 1)
  const say = (topic: string, message: object) => session.publish({ topic, payload: Buffer.from(JSON.stringify(message)), qos: 1, retain: false, properties: {} })
  /** The first message of these topics that comes after it was said. */
  const ask = async (topic: string, message: object, answers: readonly { of(thing: string): string }[]): Promise<{ readonly topic: string; readonly message: Json }> => {
    const from = heard.length
    await say(topic, message)
    const wanted = answers.map((each) => each.of(serial))
    for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += LOOK_MS) {
      const answer = heard.slice(from).find((each) => wanted.includes(each.topic))
      if (answer !== undefined) return answer
      await pause(LOOK_MS)
    }
    throw new Error(`no answer to ${topic}`)
  }
  return {
    ...{ serial, heard, say, ask, lost: session.lost },
    announce: (jobId: string, key: string, step = 'key-made', status = 'IN_PROGRESS') => ask(jobs.update(jobId).of(serial), { status, statusDetails: { step, key }, clientToken: step }, [{ of: (thing) => `${jobs.update(jobId).of(thing)}/accepted` }, { of: (thing) => `${jobs.update(jobId).of(thing)}/rejected` }]),
    sign: async (jobId: string, csr: string, thing = serial) => (await ask(rotation.csr.of(thing), { jobId, csr }, [rotation.signed, rotation.refused])).message,
    prove: async (jobId: string) => (await ask(rotation.prove.of(serial), { jobId }, [rotation.proven])).message,
    tell: (jobId: string, outcome: string, inCharge: string, other?: string) => say(rotation.outcome.of(serial), { jobId, outcome, inCharge, ...(other !== undefined && { other }) }),
    finish: async (jobId: string, outcome: string, inCharge: string, other?: string) => (await ask(rotation.outcome.of(serial), { jobId, outcome, inCharge, ...(other !== undefined && { other }) }, [rotation.finished])).message,
    end: () => session.end(),
  }
}
