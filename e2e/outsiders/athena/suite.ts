// e2e/outsiders/athena/suite.ts: the archive of telemetry is read as docs/runbooks/telemetry.md tells Athena to: sqlglot reads the statements (it forgives more than Athena), DuckDB asks the files.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateTopicRuleCommand, IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { ARCHIVE_PREFIX, type TelemetryBatch } from '@fleet/contract/telemetry'
import { telemetry } from '@fleet/contract/topics'
import { telemetrySql } from '@fleet/infra/src/telemetry/telemetry-sql.ts'
import { equal } from '../aws-cli-and-boto3/aws-command.ts'
import { runProgram } from '../program.ts'
import { pythonEnvironment } from '../python-environment.ts'
import type { Suite, Trial } from '../suite.ts'
import { REGION, ROOT_KEY, type Twin } from '../twin.ts'

const own = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const [BUCKET, STREAM, RULE] = ['archive', 'archive', 'telemetry']
const DEVICES = ['10000000a1b2c3d4', '10000000a1b2c3d5', '10000000a1b2c3d6']
/** The n-th device presses so often, each a message of its own, and reports two minutes of health. */
const PRESSES = [3, 1, 5]

export const athena: Suite = {
  name: 'athena',
  judge: 'sqlglot and DuckDB',
  async whyNot() {
    const environment = await pythonEnvironment(own('requirements.txt'))
    return environment.kind === 'missing' ? environment.why : undefined
  },
  async run(trial) {
    const environment = await pythonEnvironment(own('requirements.txt'))
    if (environment.kind === 'missing') throw new Error(environment.why)
    const files = join(trial.folder, 'files')
    await archived(await trial.twin(), files)
    const { exitCode, out, err } = await runProgram(join(environment.bin, 'python'), [own('judge.py'), own('../../../docs/runbooks/telemetry.md'), files, BUCKET], { signal: trial.signal })
    await trial.check('the statements are read, and the files hold what the table says', () => {
      if (exitCode !== 0) throw new Error(err)
    })
    if (exitCode === 0) await judge(trial, JSON.parse(out) as Answer)
  },
}

interface Answer {
  readonly days: readonly string[]
  readonly files: number
  readonly invisible: readonly string[]
  readonly rows: readonly (readonly [thing: string, count: number])[]
  readonly entries: readonly (readonly [kind: string, entries: number, receivedAt: number])[]
}

async function judge(trial: Trial, { files, invisible, rows, entries }: Answer): Promise<void> {
  const [area, ofPrefix] = ['Archive of telemetry', 'partition projection finds every file']
  await trial.check(ofPrefix, () => {
    if (files === 0) throw new Error('nothing was archived')
    equal(invisible.join(), '')
    trial.judged(area, ofPrefix)
  })
  const ofQuery = 'the query of the runbook counts every message once'
  await trial.check(ofQuery, () => {
    equal(rows.map(([thing, count]) => `${thing} ${count}`).sort().join(), DEVICES.map((thing, index) => `${thing} ${PRESSES[index]}`).join())
    equal(entries.map(([kind, count]) => `${kind} ${count}`).sort().join(), 'button 9,health 6')
    trial.judged(area, ofQuery)
  })
}

/** What devices publish goes through the rule's statement and the stream's settings of the stack; the objects are copied to `folder`. */
async function archived(twin: Twin, folder: string): Promise<void> {
  const access = { endpoint: twin.http, region: REGION, credentials: ROOT_KEY }
  const [s3, iam] = [new S3Client({ ...access, forcePathStyle: true }), new IAMClient(access)]
  const role = async (RoleName: string, service: string) => {
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy({ Principal: { Service: service }, Action: 'sts:AssumeRole' }) }))
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument: policy({ Action: ['firehose:PutRecord', 's3:*'], Resource: '*' }) }))
    return Role?.Arn
  }
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }))
  const destination = { RoleARN: await role('deliver', 'firehose.amazonaws.com'), BucketARN: `arn:aws:s3:::${BUCKET}`, Prefix: ARCHIVE_PREFIX.delivered, ErrorOutputPrefix: ARCHIVE_PREFIX.failed, CompressionFormat: 'GZIP', BufferingHints: { IntervalInSeconds: 1, SizeInMBs: 1 } } as const
  await new FirehoseClient(access).send(new CreateDeliveryStreamCommand({ DeliveryStreamName: STREAM, DeliveryStreamType: 'DirectPut', ExtendedS3DestinationConfiguration: destination }))
  const action = { firehose: { deliveryStreamName: STREAM, separator: '\n', roleArn: await role('rule', 'iot.amazonaws.com') } }
  await new IoTClient(access).send(new CreateTopicRuleCommand({ ruleName: RULE, topicRulePayload: { sql: telemetrySql(Object.values(telemetry), { days: 30 }), awsIotSqlVersion: '2016-03-23', actions: [action] } }))
  const data = new IoTDataPlaneClient(access)
  const messages = DEVICES.flatMap(messagesOf)
  for (const [topic, batch] of messages) await data.send(new PublishCommand({ topic, payload: Buffer.from(JSON.stringify(batch)), qos: 1 }))
  await copied(s3, folder, messages.length)
}

const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })

function messagesOf(thing: string, index: number): readonly (readonly [topic: string, batch: TelemetryBatch])[] {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString()
  const envelope = (sequence: number, last = sequence) => ({ firstAt: at(sequence), firstSequence: sequence, lastSequence: last, sentAt: at(59), lost: 0 })
  const presses = Array.from({ length: PRESSES[index] ?? 0 }, (_, press) => ({ ...envelope(press + 1), entries: [{ presses: press + 1, on: press % 2 === 0, at: at(press + 1) }] }))
  const minute = (sequence: number) => ({ sequence, at: at(sequence), cpu: { mean: 12.5, max: 40 }, memory: 31, disk: 22, temperature: { mean: 48, max: 51 }, throttled: [], uptime: 60 * sequence })
  const health = { ...envelope(1, 2), entries: [minute(1), minute(2)] }
  return [[telemetry.health.of(RULE, thing), health], ...presses.map((batch) => [telemetry.button.of(RULE, thing), batch] as const)]
}

/** Firehose delivers by and by: until `lines` are there. */
async function copied(s3: S3Client, folder: string, lines: number): Promise<void> {
  for (let waited = 0; waited < 200; waited++) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))
    const files = await Promise.all(Contents.map(async ({ Key = '' }) => ({ key: Key, bytes: await bytesOf(s3, Key) })))
    const found = files.reduce((sum, { bytes }) => sum + gunzipSync(bytes).toString().trimEnd().split('\n').length, 0)
    if (found >= lines) {
      for (const { key, bytes } of files) save(join(folder, key), bytes)
      return
    }
    await pause(100)
  }
  throw new Error(`not all of ${lines} lines came into the archive`)
}

const bytesOf = async (s3: S3Client, Key: string) => (await (await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray()) ?? new Uint8Array()

function save(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
