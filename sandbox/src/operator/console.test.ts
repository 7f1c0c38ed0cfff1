// sandbox/src/operator/console.test.ts: the console that a deploy makes: its page behind CloudFront, people by `fleet console user`, and what their roles let them do, judged by the twin.
import { readdirSync } from 'node:fs'
import { DynamoDBClient, PutItemCommand, QueryCommand, ScanCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { DescribeThingCommand, IoTClient, CreateJobCommand, ListTargetsForPolicyCommand, SearchIndexCommand, StartOnDemandAuditTaskCommand, AttachPolicyCommand } from '@aws-sdk/client-iot'
import { GetThingShadowCommand, IoTDataPlaneClient, PublishCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { acknowledging, alarmIn, openAlarmsOf } from '@fleet/contract/alarm'
import { ConsoleSettings, type ConsoleGroup } from '@fleet/contract/console-settings'
import { plainItem } from '@fleet/contract/item'
import { storeKeys } from '@fleet/contract/names'
import { ROTATION_JOB_PREFIX } from '@fleet/contract/rotation-job'
import { builtConsole } from '@fleet/console/build'
import { signIn, type Session } from '@fleet/console/session'
import { peopleOf } from '@fleet/ops/console/people'
import { poolsOf } from '@fleet/ops/console/pools'
import { beforeAll, expect, test } from 'vitest'
import { deployedPage } from '../opening/deployed-page.ts'
import { ACCOUNT, KEY, NAMES, openTestStage, provisioned, type TestStage, type TestStageOptions } from './testing.ts'

async function deployedStage(options?: TestStageOptions) {
  const stage = await openTestStage(options)
  for (const words of [['bootstrap'], ['deploy']]) expect(await stage.fleet(words)).toMatchObject({ code: 0 })
  const pools = await poolsOf(stage.target, {})
  const { gatewayPort, caPem } = stage.cloud.endpoints
  return { ...stage, pools, ask: deployedPage({ url: pools.url, gatewayPort: () => gatewayPort, caPem }) }
}
type Deployed = Awaited<ReturnType<typeof deployedStage>>

/** Of all tests but that which destroys its own: each has people of its own, and leaves the stack as it was. */
let shared: Deployed
beforeAll(async () => {
  let takeDown = async () => {}
  shared = await deployedStage({ atEnd: (end) => void (takeDown = end) })
  return () => takeDown()
})

test('the page is in its bucket, reached by its distribution alone, and uploaded again only where it differs', async () => {
  const stage = shared
  const page = await stage.ask('/', {})
  expect(page.status).toBe(200)
  expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'strict-transport-security': expect.stringMatching(/^max-age=31536000/), 'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self';/) })
  const [, script = ''] = /src="(console-[^"]+\.js)"/.exec(Buffer.from(page.body).toString()) ?? []
  expect(await stage.ask(`/${script}`, {})).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable', 'content-type': 'text/javascript; charset=utf-8' } })
  expect((await stage.ask('/other.js', {})).status).toBe(403)
  expect((await fetch(`${stage.cloud.endpoints.http}/${NAMES.consoleBucket}/index.html`)).status).toBe(403)

  const settings = ConsoleSettings.parse(JSON.parse(Buffer.from((await stage.ask('/console.json', {})).body).toString()))
  const { userPoolId, userPoolClientId, identityPoolId } = stage.pools
  expect(settings).toMatchObject({ stage: 'dev', ...ACCOUNT, userPoolId, userPoolClientId, identityPoolId })
  expect(settings.sandbox).toBeUndefined()

  const keys = async () => ((await stage.s3.send(new ListObjectsV2Command({ Bucket: NAMES.consoleBucket }))).Contents ?? []).map(({ Key = '' }) => Key)
  expect(await keys()).toEqual([...readdirSync(await builtConsole()), 'console.json'].sort())
  stage.proxy.calls.length = 0
  expect(JSON.parse((await stage.fleet(['deploy', '--json'])).out)).toMatchObject({ changes: [], console: { url: stage.pools.url, uploaded: [], removed: [] } })
  expect(stage.proxy.calls.filter((call) => call.startsWith(`PUT /${NAMES.consoleBucket}`))).toEqual([])

  await stage.s3.send(new PutObjectCommand({ Bucket: NAMES.consoleBucket, Key: 'index.html', Body: 'by hand' }))
  expect(JSON.parse((await stage.fleet(['deploy', '--json'])).out)).toMatchObject({ console: { uploaded: ['index.html'] } })
})

/** Signed in as the page does it, with the first password replaced. */
async function entered(stage: Deployed, name: string, group: ConsoleGroup): Promise<Session> {
  const { firstPassword } = JSON.parse((await stage.fleet(['console', 'user', 'add', name, '--group', group, '--json'])).out) as { firstPassword: string }
  const { pools } = stage
  const { http: gateway } = stage.cloud.endpoints
  const settings = { stage: 'dev', ...ACCOUNT, userPoolId: pools.userPoolId, userPoolClientId: pools.userPoolClientId, identityPoolId: pools.identityPoolId, iotEndpoint: new URL(gateway).host, sandbox: { gateway, users: [] } }
  return signIn(settings, { username: name, password: firstPassword, newPassword: async () => 'A-password-of-my-own-1' })
}

const clientsFor = ({ credentials }: Session, { cloud }: TestStage) => {
  const config = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials }
  return { iot: new IoTClient(config), data: new IoTDataPlaneClient(config), s3: new S3Client({ ...config, forcePathStyle: true }), logs: new CloudWatchLogsClient(config) }
}

test('a viewer reads and changes nothing, an operator does what the page offers, and neither anything else', async () => {
  const stage = shared
  await provisioned('aaaa0001', stage)
  await stage.s3.send(new PutObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist, Body: 'aaaa0001\n' }))
  const [viola, oscar] = [await entered(stage, 'viola', 'viewer'), await entered(stage, 'oscar', 'operator')]
  expect([viola.groups, oscar.groups]).toEqual([['viewer'], ['operator']])
  const changes = ({ iot, data, s3 }: ReturnType<typeof clientsFor>) => ({
    wish: () => data.send(new UpdateThingShadowCommand({ thingName: 'aaaa0001', shadowName: 'led', payload: Buffer.from('{"state":{"desired":{"frequencyHz":2}}}') })),
    rotate: () => iot.send(new CreateJobCommand({ jobId: `${ROTATION_JOB_PREFIX}x-${Math.random().toString(36).slice(2)}`, targets: [`arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thing/aaaa0001`], document: '{}' })),
    audit: () => iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] })),
    admit: () => s3.send(new PutObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist, Body: 'aaaa0001\naaaa0002\n' })),
  })
  const reads = ({ iot, data, s3 }: ReturnType<typeof clientsFor>) => [
    iot.send(new SearchIndexCommand({ queryString: 'thingName:*' })),
    iot.send(new DescribeThingCommand({ thingName: 'aaaa0001' })),
    s3.send(new GetObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist })),
    data.send(new GetThingShadowCommand({ thingName: 'aaaa0001', shadowName: 'led' })),
  ]
  const operator = clientsFor(oscar, stage)
  for (const change of Object.values(changes(operator))) await change()
  for (const session of [viola, oscar]) await Promise.all(reads(clientsFor(session, stage)))
  for (const [name, change] of Object.entries(changes(clientsFor(viola, stage)))) await expect(change(), name).rejects.toMatchObject({ message: expect.stringMatching(/not authorized to perform/) })
  for (const session of [viola, oscar]) {
    const { iot, data, s3, logs } = clientsFor(session, stage)
    await expect(iot.send(new AttachPolicyCommand({ policyName: NAMES.devicePolicy, target: `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thinggroup/${NAMES.thingGroup}` }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await expect(data.send(new PublishCommand({ topic: 'fleet/aaaa0001/x' }))).rejects.toThrow(/not authorized/)
    await expect(s3.send(new GetObjectCommand({ Bucket: NAMES.stateBucket, Key: 'claim/private.key' }))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(s3.send(new PutObjectCommand({ Bucket: NAMES.consoleBucket, Key: 'index.html', Body: 'mine' }))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket: NAMES.consoleBucket }))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(logs.send(new DescribeLogGroupsCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  }
})

test('an operator acknowledges an alarm as herself, and in nobody else’s name; a viewer does not, and neither changes or clears one', async () => {
  const stage = shared
  const [vera, olga] = [await entered(stage, 'vera', 'viewer'), await entered(stage, 'olga', 'operator')]
  const config = { endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region }
  const of = ({ credentials }: Session) => new DynamoDBClient({ ...config, credentials })
  const root = new DynamoDBClient({ ...config, credentials: KEY })
  const TableName = NAMES.alarmsTable
  const alarm = { thing: '10000000a1b2c3d4', alarm: 'too-hot', receivedAt: 1 } as const
  const Item = { thing: { S: alarm.thing }, alarm: { S: alarm.alarm }, receivedAt: { N: '1' }, state: { S: 'raised' }, at: { S: '2026-11-21T10:00:00.000Z' }, why: { S: 'x' }, open: { S: '4' } }
  await root.send(new PutItemCommand({ TableName, Item }))
  const acknowledge = (session: Session, by: string, more: Partial<UpdateItemCommandInput> = {}) => of(session).send(new UpdateItemCommand({ TableName, ...acknowledging(alarm, { by, at: new Date('2026-11-21T10:01:00Z') }), ...more }))
  const refusal = { name: 'AccessDeniedException' }

  await expect(acknowledge(vera, 'vera')).rejects.toMatchObject(refusal)
  await expect(acknowledge(olga, 'vera')).rejects.toMatchObject(refusal)
  await expect(acknowledge(olga, 'olga', { ReturnValues: 'ALL_NEW' })).rejects.toMatchObject(refusal)
  await expect(acknowledge(olga, 'olga', { UpdateExpression: 'SET #mine = :at, why = :at' })).rejects.toMatchObject(refusal)
  await expect(acknowledge(olga, 'olga', { UpdateExpression: 'SET #mine = :at REMOVE #open', ExpressionAttributeNames: { '#state': 'state', '#mine': 'acknowledgedBy:olga', '#open': 'open' } })).rejects.toMatchObject(refusal)
  for (const send of [() => of(olga).send(new PutItemCommand({ TableName, Item })), () => of(olga).send(new ScanCommand({ TableName }))]) await expect(send()).rejects.toMatchObject(refusal)
  const open = async (session: Session) => ((await of(session).send(new QueryCommand({ TableName, ...openAlarmsOf('4') }))).Items ?? []).map((item) => alarmIn(plainItem(item))?.acknowledged)
  expect(await open(vera)).toEqual([undefined])
  await acknowledge(olga, 'olga')
  expect(await open(vera)).toEqual([{ by: 'olga', at: '2026-11-21T10:01:00.000Z' }])
  await root.send(new PutItemCommand({ TableName, Item: { ...Item, receivedAt: { N: '2' } } }))
  expect(await open(olga)).toEqual([undefined]) // raised again
  await expect(acknowledge(olga, 'olga')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
})

test('people are let in, moved and let out; destroy leaves nobody', async () => {
  const stage = await deployedStage()
  const holders = async () => (await stage.iot.send(new ListTargetsForPolicyCommand({ policyName: NAMES.console }))).targets ?? []
  const olga = await entered(stage, 'olga', 'operator')
  expect(await holders()).toHaveLength(1)
  expect(await stage.fleet(['console', 'user', 'add', 'olga', '--group', 'viewer'])).toMatchObject({ code: 0, out: 'olga is viewer\n' })
  expect(JSON.parse((await stage.fleet(['console', 'user', 'list', '--json'])).out)).toEqual([{ name: 'olga', status: 'CONFIRMED', isEnabled: true, groups: ['viewer'] }])
  expect(await stage.fleet(['console', 'user', 'add', 'olga', '--group', 'viewer', '--new-password'])).toMatchObject({ code: 0, out: expect.stringMatching(/^olga is viewer; first password: \S+\n$/) })
  expect(await holders()).toHaveLength(1)
  expect(await stage.fleet(['console', 'user', 'add', 'x', '--group', 'root'])).toMatchObject({ code: 2 })
  expect(await stage.fleet(['console', 'user', 'remove', 'nobody'])).toMatchObject({ code: 1, err: expect.stringContaining('CONSOLE_USER_UNKNOWN') })
  expect(await stage.fleet(['console', 'user', 'remove', 'olga'])).toMatchObject({ code: 0 })
  expect(await holders()).toEqual([])
  await expect(olga.credentials()).rejects.toThrow()

  await peopleOf(stage.target, stage.pools).add({ name: 'vera', group: 'viewer', renewsPassword: false })
  expect(await stage.fleet(['destroy', '--yes-destroy', 'dev'])).toMatchObject({ code: 0, out: expect.stringContaining('nothing is left of it') })
  expect(await stage.fleet(['console', 'show'])).toMatchObject({ code: 1, err: expect.stringContaining('CONSOLE_MISSING') })
  expect((await stage.ask('/', {})).status).toBe(403)
})
