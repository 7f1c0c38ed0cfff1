// console/src/aws/aws.test.ts: the page's small clients send what the SDK sends, and read what the SDK reads.
import * as greengrass from '@aws-sdk/client-greengrassv2'
import * as identity from '@aws-sdk/client-cognito-identity'
import * as idp from '@aws-sdk/client-cognito-identity-provider'
import * as dynamo from '@aws-sdk/client-dynamodb'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as iot from '@aws-sdk/client-iot'
import * as iotData from '@aws-sdk/client-iot-data-plane'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as ownGreengrass from './client-greengrassv2.ts'
import * as ownDynamo from './client-dynamodb.ts'
import * as ownIdentity from './client-cognito-identity.ts'
import * as ownIdp from './client-cognito-identity-provider.ts'
import * as ownLogs from './client-cloudwatch-logs.ts'
import * as ownIot from './client-iot.ts'
import * as ownIotData from './client-iot-data-plane.ts'

interface Heard {
  readonly method: string | undefined
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

let answer: { status: number; headers: Record<string, string>; body: string }
const heard: Heard[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const url = new URL(request.url ?? '', 'http://x')
    url.searchParams.sort()
    heard.push({ method: request.method, url: decodeURIComponent(url.href), headers: request.headers, body: body === '' ? undefined : JSON.parse(body) })
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body)
  })
})
let config: { region: string; endpoint: string; maxAttempts: number; credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }> }
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  config = { region: 'eu-central-1', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxAttempts: 1, credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }) }
})
afterAll(() => server.close())

type Module = Readonly<Record<string, unknown>>
type Client = new (config: object) => { send(command: object): Promise<unknown> }
type Command = new (input: object) => object

const JOB = 'rotate-1'
const CASES: readonly (readonly [client: string, sdk: Module, own: Module, commands: Readonly<Record<string, object>>])[] = [
  ['IoTClient', iot, ownIot, {
    SearchIndexCommand: { queryString: 'attributes.fleet:fleet-dev AND thingName:a*', maxResults: 100, nextToken: 'n' },
    ListThingPrincipalsCommand: { thingName: 'a b', maxResults: 5 },
    DescribeCertificateCommand: { certificateId: 'a'.repeat(64) },
    DescribeJobExecutionCommand: { thingName: 't', jobId: JOB },
    ListJobExecutionsForThingCommand: { thingName: 't', maxResults: 250 },
    ListJobExecutionsForJobCommand: { jobId: JOB, maxResults: 250, nextToken: 'a/b=' },
    CreateJobCommand: { jobId: JOB, targets: ['arn:aws:iot:eu-central-1:1:thing/t'], targetSelection: 'SNAPSHOT', document: '{}', timeoutConfig: { inProgressTimeoutInMinutes: 60 } },
    DescribeAccountAuditConfigurationCommand: {},
    ListAuditFindingsCommand: { startTime: new Date(1_700_000_000_000), endTime: new Date(1_700_000_500_500), maxResults: 250 },
    StartOnDemandAuditTaskCommand: { targetCheckNames: ['A', 'B'] },
  }],
  ['GreengrassV2Client', greengrass, ownGreengrass, {
    GetCoreDeviceCommand: { coreDeviceThingName: 't' },
    ListCoreDevicesCommand: { thingGroupArn: 'arn:aws:iot:eu-central-1:1:thinggroup/g', status: 'UNHEALTHY', maxResults: 100 },
    ListInstalledComponentsCommand: { coreDeviceThingName: 't', maxResults: 100 },
    ListEffectiveDeploymentsCommand: { coreDeviceThingName: 't', maxResults: 50 },
    ListDeploymentsCommand: { targetArn: 'arn:aws:iot:eu-central-1:1:thinggroup/g', historyFilter: 'LATEST_ONLY', maxResults: 1 },
    GetDeploymentCommand: { deploymentId: 'd' },
    CancelDeploymentCommand: { deploymentId: 'd' },
    CreateDeploymentCommand: { targetArn: 'arn', deploymentName: 'n', components: { 'a.b': { componentVersion: '1.0.0', configurationUpdate: { merge: '{"a":1}', reset: [''] } } }, iotJobConfiguration: { jobExecutionsRolloutConfig: { maximumPerMinute: 5 } }, clientToken: 'c' },
    DescribeComponentCommand: { arn: 'arn:aws:greengrass:eu-central-1:1:components:a.b:versions:1.0.0' },
    CreateComponentVersionCommand: { inlineRecipe: new TextEncoder().encode('{"é":1}'), tags: { a: 'b' }, clientToken: 'c' },
  }],
  ['IoTDataPlaneClient', iotData, ownIotData, {
    GetThingShadowCommand: { thingName: 't', shadowName: 'led' },
    UpdateThingShadowCommand: { thingName: 't', shadowName: 'led', payload: new TextEncoder().encode('{"state":{}}') },
  }],
  ['CloudWatchLogsClient', logs, ownLogs, {
    DescribeLogStreamsCommand: { logGroupName: 'g', logStreamNamePrefix: '/2026', limit: 1 },
    FilterLogEventsCommand: { logGroupName: 'g', logStreamNames: ['s'], startTime: 1_700_000_000_000 },
  }],
  ['DynamoDBClient', dynamo, ownDynamo, {
    QueryCommand: { TableName: 't', IndexName: 'open', KeyConditionExpression: 'thing = :thing', ExpressionAttributeValues: { ':thing': { S: 'a' } }, ScanIndexForward: false, Limit: 1, ExclusiveStartKey: { thing: { S: 'a' }, entry: { S: 'b' } } },
    UpdateItemCommand: { TableName: 't', Key: { thing: { S: 'a' } }, UpdateExpression: 'SET acknowledgedAt = :at', ConditionExpression: 'receivedAt = :receivedAt', ExpressionAttributeValues: { ':at': { S: 'x' }, ':receivedAt': { N: '1' } } },
  }],
  ['CognitoIdentityProviderClient', idp, ownIdp, {
    InitiateAuthCommand: { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'c', AuthParameters: { USERNAME: 'u', PASSWORD: 'p' } },
    RespondToAuthChallengeCommand: { ChallengeName: 'NEW_PASSWORD_REQUIRED', ClientId: 'c', Session: 's', ChallengeResponses: { USERNAME: 'u', NEW_PASSWORD: 'n' } },
  }],
  ['CognitoIdentityClient', identity, ownIdentity, {
    GetIdCommand: { IdentityPoolId: 'p', Logins: { a: 'b' } },
    GetCredentialsForIdentityCommand: { IdentityId: 'i', Logins: { a: 'b' } },
  }],
]

/** `application/x-amz-json-1.0`, where the service has such a protocol. */
const protocolOf = (request: Heard | undefined) => (request?.headers['x-amz-target'] === undefined ? undefined : request.headers['content-type'])
const signedScope = ({ authorization = '' }: IncomingHttpHeaders) => /Credential=[^/]+\/\d+\/([^,]+),/.exec(authorization)?.[1]

for (const [client, sdk, own, commands] of CASES) {
  const send = async (module: Module, command: string, input: object) => new (module[client] as Client)(config).send(new (module[command] as Command)(input))
  test.each(Object.entries(commands))(`${client} %s`, async (command, input) => {
    answer = { status: 200, headers: {}, body: '{}' }
    heard.length = 0
    await send(sdk, command, input)
    await send(own, command, input)
    const [expected, got] = heard
    expect({ method: got?.method, url: got?.url, target: got?.headers['x-amz-target'], protocol: protocolOf(got), body: got?.body }).toEqual({ method: expected?.method, url: expected?.url, target: expected?.headers['x-amz-target'], protocol: protocolOf(expected), body: expected?.body })
    if (expected?.headers.authorization !== undefined) expect(signedScope(got?.headers ?? {})).toBe(signedScope(expected.headers))
    expect(Object.keys(got?.headers ?? {}).filter((name) => name.startsWith('amz-sdk'))).toEqual([]) // Greengrass refuses a preflight that names these
  })
}

interface Recorded {
  readonly client: string
  readonly sdk: Module
  readonly own: Module
  readonly command: string
  readonly input: object
  readonly body: object
}

const RECORDED = ([
  ['IoTClient', iot, ownIot, 'DescribeCertificateCommand', { certificateId: 'a'.repeat(64) }, { certificateDescription: { certificateId: 'a', creationDate: 1_700_000_000.5, status: 'ACTIVE' } }],
  ['IoTClient', iot, ownIot, 'ListJobExecutionsForThingCommand', { thingName: 't' }, { executionSummaries: [{ jobId: 'j', jobExecutionSummary: { status: 'QUEUED', queuedAt: 1_700_000_000, lastUpdatedAt: 1_700_000_001, executionNumber: 1 } }], nextToken: 'n' }],
  ['IoTClient', iot, ownIot, 'SearchIndexCommand', { queryString: '*' }, { things: [{ thingName: 't', connectivity: { connected: true, timestamp: 1_700_000_000_000 }, attributes: { a: 'b' } }] }],
  ['IoTClient', iot, ownIot, 'ListAuditFindingsCommand', {}, { findings: [{ findingId: 'f', findingTime: 1_700_000_000, nonCompliantResource: { resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: 'd' } } }] }],
  ['GreengrassV2Client', greengrass, ownGreengrass, 'GetDeploymentCommand', { deploymentId: 'd' }, { deploymentId: 'd', creationTimestamp: 1_700_000_000, components: { a: { componentVersion: '1.0.0' } }, iotJobConfiguration: { jobExecutionsRolloutConfig: { maximumPerMinute: 5 } } }],
  ['GreengrassV2Client', greengrass, ownGreengrass, 'ListEffectiveDeploymentsCommand', { coreDeviceThingName: 't' }, { effectiveDeployments: [{ deploymentId: 'd', modifiedTimestamp: 1_700_000_000, creationTimestamp: 1_700_000_000, coreDeviceExecutionStatus: 'SUCCEEDED' }] }],
  ['CloudWatchLogsClient', logs, ownLogs, 'FilterLogEventsCommand', { logGroupName: 'g' }, { events: [{ eventId: 'e', timestamp: 1_700_000_000_000, message: 'm' }] }],
  ['DynamoDBClient', dynamo, ownDynamo, 'QueryCommand', { TableName: 't' }, { Items: [{ thing: { S: 'a' }, receivedAt: { N: '1700000000000' }, entries: { L: [{ M: { on: { BOOL: true }, at: { S: 'x' }, why: { NULL: true } } }] } }], Count: 1, ScannedCount: 1, LastEvaluatedKey: { thing: { S: 'a' } } }],
  ['CognitoIdentityClient', identity, ownIdentity, 'GetCredentialsForIdentityCommand', { IdentityId: 'i' }, { IdentityId: 'i', Credentials: { AccessKeyId: 'a', Expiration: 1_700_000_000 } }],
] satisfies [string, Module, Module, string, object, object][]).map(([client, sdk, own, command, input, body]): Recorded => ({ client, sdk, own, command, input, body }))

test.each(RECORDED)('what $client answers to $command is read alike', async ({ client, sdk, own, command, input, body }) => {
  answer = { status: 200, headers: {}, body: JSON.stringify(body) }
  const read = async (module: Module) => new (module[client] as Client)(config).send(new (module[command] as Command)(input))
  const { $metadata: _metadata, ...expected } = (await read(sdk)) as Record<string, unknown>
  expect(await read(own)).toEqual(expected)
})

test.each([
  ['x-amzn-errortype', { 'x-amzn-errortype': 'AccessDeniedException:http://internal' }, '{"message":"no"}'],
  ['__type', {}, '{"__type":"com.amazonaws#AccessDeniedException","Message":"no"}'],
])('a refusal by %s has its code as name', async (_case, headers, body) => {
  answer = { status: 403, headers, body }
  await expect(new ownIot.IoTClient(config).send(new ownIot.DescribeCertificateCommand({ certificateId: 'x' }))).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'no' })
})

test('what asks for patience is tried again, and given up in the end', async () => {
  answer = { status: 429, headers: { 'x-amzn-errortype': 'ThrottlingException' }, body: '{}' }
  heard.length = 0
  await expect(new ownIot.IoTClient(config).send(new ownIot.SearchIndexCommand({}))).rejects.toMatchObject({ name: 'ThrottlingException' })
  expect(heard).toHaveLength(3)
})
