// sandbox/src/cloud/wire/validation.test.ts: what is wrong with an input, and how each protocol says so; sent by hand, since SDKs check before they send.
import { describe, expect, test } from 'vitest'
import type { Service } from '../service.ts'
import { signedHeaders } from './signing.ts'
import { ACCOUNT_KEY, openTestGateway, type TestGateway } from './testing.ts'

const echo = (input: unknown) => ({ thingName: JSON.stringify(input), TypeName: JSON.stringify(input), $headers: { 'x-input': encodeURIComponent(JSON.stringify(input)) } })
const services: Service[] = [
  { model: 'iot', operations: { CreateThing: echo, CreateTopicRule: echo, ListThings: echo, CreateJob: echo } },
  { model: 'greengrassv2', operations: { CreateDeployment: echo, CreateComponentVersion: (input: unknown) => ({ arn: JSON.stringify(input) }) } },
  { model: 'lambda', operations: { Invoke: ({ Payload }: { Payload: Uint8Array }) => ({ Payload, StatusCode: 202 }) } },
  { model: 'cloudcontrol', operations: { GetResource: echo } },
  { model: 'ecr', operations: { CreateRepository: echo } },
  { model: 'cloudwatch-logs', operations: { PutLogEvents: echo } },
  { model: 'iam', operations: { CreateRole: echo, ListRoles: echo } },
  { model: 's3', operations: { PutBucketVersioning: echo, DeleteObjects: echo, ListObjectsV2: echo } },
]

interface Sent {
  readonly service: string
  readonly method?: string
  readonly target?: string
  readonly body?: string
  readonly headers?: Record<string, string>
}

async function send(gateway: TestGateway, { service, method = 'POST', target = '/', body, headers = {} }: Sent) {
  const { host: _host, ...signed } = signedHeaders({ method, target, headers: { host: `127.0.0.1:${gateway.port}`, ...headers }, ...(body === undefined ? {} : { body }) }, { ...ACCOUNT_KEY, region: 'eu-central-1', service, at: new Date() })
  const response = await fetch(gateway.endpoint + target, { method, headers: signed, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  const code = response.headers.get('x-amzn-errortype') ?? /"__type":"(?:[^"]*#)?([^"]*)"/.exec(text)?.[1] ?? /<Code>(.*?)<\/Code>/.exec(text)?.[1]
  const input = response.headers.get('x-input')
  return { status: response.status, code, text, headers: response.headers, input: input === null ? undefined : (JSON.parse(decodeURIComponent(input)) as unknown) }
}

const rpc = (target: string) => ({ 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' })
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

describe('refused', () => {
  test.each<[string, Sent, [status: number, code: string], string]>([
    ['a member that is missing (IoT)', { service: 'iot', target: '/rules/r', body: '{"actions":[]}' }, [400, 'InvalidRequestException'], "Value null at 'topicRulePayload.sql' failed to satisfy constraint: Member must not be null"],
    ['a member that is missing deep inside (IoT)', { service: 'iot', target: '/rules/r', body: '{"sql":"SELECT 1","actions":[{"lambda":{}}]}' }, [400, 'InvalidRequestException'], "Value null at 'topicRulePayload.actions.1.member.lambda.functionArn'"],
    ['two missing members (Cloud Control)', { service: 'cloudcontrolapi', headers: rpc('CloudApiService.GetResource'), body: '{}' }, [400, 'ValidationException'], "2 validation errors detected: Value null at 'TypeName'"],
    ['a missing member (ECR)', { service: 'ecr', headers: rpc('AmazonEC2ContainerRegistry_V20150921.CreateRepository'), body: '{}' }, [400, 'InvalidParameterException'], "at 'repositoryName'"],
    ['a missing member (Greengrass)', { service: 'greengrass', target: '/greengrass/v2/deployments', body: '{}' }, [400, 'ValidationException'], '"reason":"FIELD_VALIDATION_FAILED"'],
    ['a missing member (query)', { service: 'iam', headers: FORM, body: 'Action=CreateRole&Version=2010-05-08&RoleName=x' }, [400, 'ValidationError'], 'AssumeRolePolicyDocument'],
    ['a missing body (S3)', { service: 's3', method: 'PUT', target: '/b-1?versioning' }, [400, 'MissingRequestBodyError'], 'Request Body is empty'],
    ['a missing member of a body (S3)', { service: 's3', target: '/b-1?delete', body: '<Delete/>' }, [400, 'MalformedXML'], 'did not validate'],
    ['text for a structure', { service: 'iot', target: '/things/x', body: '{"attributePayload":"x"}' }, [400, 'SerializationException'], 'STRING_VALUE can not be converted to a structure'],
    ['a number for text', { service: 'iot', target: '/things/x', body: '{"thingTypeName":5}' }, [400, 'SerializationException'], 'NUMBER_VALUE can not be converted to a String'],
    ['text for a boolean', { service: 'iot', target: '/things/x', body: '{"attributePayload":{"merge":"yes"}}' }, [400, 'SerializationException'], 'a Boolean'],
    ['text for a list', { service: 'iot', method: 'PUT', target: '/jobs/j', body: '{"targets":"x"}' }, [400, 'SerializationException'], 'a list'],
    ['a list for a map', { service: 'iot', target: '/things/x', body: '{"attributePayload":{"attributes":[]}}' }, [400, 'SerializationException'], 'LIST_VALUE can not be converted to a map'],
    ['text for a number in the query', { service: 'iot', method: 'GET', target: '/things?maxResults=many' }, [400, 'SerializationException'], 'a Number'],
    ['text for a number in a form', { service: 'iam', headers: FORM, body: 'Action=ListRoles&Version=2010-05-08&MaxItems=many' }, [400, 'MalformedInput'], 'a Number'],
    ['a timestamp that is none', { service: 'logs', headers: rpc('Logs_20140328.PutLogEvents'), body: '{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":"x","message":"m"}]}' }, [400, 'SerializationException'], 'timestamp'],
    ['base64 that is none', { service: 'greengrass', target: '/greengrass/v2/createComponentVersion', body: '{"inlineRecipe":"%%%"}' }, [400, 'SerializationException'], ''],
    ['JSON that is cut', { service: 'iot', target: '/things/x', body: '{"a":' }, [400, 'SerializationException'], ''],
    ['JSON that is no structure', { service: 'iot', target: '/things/x', body: '[]' }, [400, 'SerializationException'], 'a structure is expected'],
    ['JSON that is null (RPC)', { service: 'cloudcontrolapi', headers: rpc('CloudApiService.GetResource'), body: 'null' }, [400, 'SerializationException'], 'a structure is expected'],
    ['XML that is cut', { service: 's3', target: '/b-1?delete', body: '<Delete><Object>' }, [400, 'MalformedXML'], 'not well-formed'],
    ['a path that is badly encoded', { service: 'iot', method: 'GET', target: '/things/%E0%A4%A' }, [400, 'SerializationException'], 'percent-encoded'],
    ['a key that is badly encoded', { service: 's3', method: 'GET', target: '/b-1/%E0%A4%A' }, [400, 'InvalidURI'], 'parse'],
    ['a path that no operation has', { service: 'iot', method: 'GET', target: '/nowhere' }, [404, 'UnknownOperationException'], 'GET /nowhere'],
    ['an RPC target that no operation has', { service: 'cloudcontrolapi', headers: rpc('CloudApiService.Fly'), body: '{}' }, [400, 'UnknownOperationException'], 'Fly'],
    ['an action that no operation has', { service: 'iam', headers: FORM, body: 'Action=Fly&Version=2010-05-08' }, [400, 'InvalidAction'], 'Could not find operation Fly for version 2010-05-08'],
    ['a method that S3 has not', { service: 's3', method: 'PATCH', target: '/b-1/x' }, [405, 'MethodNotAllowed'], ''],
    ['what the sandbox does not offer (REST-JSON)', { service: 'iot', method: 'GET', target: '/billing-groups' }, [404, 'UnknownOperationException'], 'The sandbox does not offer iot:ListBillingGroups.'],
    ['what the sandbox does not offer (query)', { service: 'iam', headers: FORM, body: 'Action=CreateUser&Version=2010-05-08&UserName=x' }, [400, 'InvalidAction'], 'The sandbox does not offer iam:CreateUser.'],
    ['what the sandbox does not offer (S3)', { service: 's3', method: 'GET', target: '/b-1?analytics&id=x' }, [501, 'NotImplemented'], 'The sandbox does not offer s3:GetBucketAnalyticsConfiguration.'],
    ['a service that the sandbox does not have (JSON)', { service: 'kinesis', headers: rpc('Kinesis_20131202.ListStreams'), body: '{}' }, [400, 'UnknownOperationException'], 'does not offer the service Kinesis_20131202'],
    ['a service that the sandbox does not have (query)', { service: 'ec2', headers: FORM, body: 'Action=DescribeVpcs&Version=2016-11-15' }, [400, 'InvalidAction'], 'does not offer the service ec2'],
    ['a service that the sandbox does not have (REST)', { service: 'batch', target: '/v1/x', body: '{}' }, [404, 'UnknownOperationException'], 'does not offer the service batch'],
  ])('%s', async (_case, sent, expected, text) => {
    const answered = await send(await openTestGateway({ services }), sent)
    expect([answered.status, answered.code]).toEqual(expected)
    expect(answered.text).toContain(text.replaceAll("'", answered.text.startsWith('<') ? '&#39;' : "'"))
  })
})

describe('understood', () => {
  test.each<[string, Sent, unknown]>([
    ['nested members, dates and blobs', { service: 'logs', headers: rpc('Logs_20140328.PutLogEvents'), body: '{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":5,"message":"m"}],"unknown":1}' }, { logGroupName: 'g', logStreamName: 's', logEvents: [{ timestamp: 5, message: 'm' }] }],
    ['labels beat what the body says', { service: 'iot', target: '/things/a%2Fb', body: '{"thingName":"other","thingTypeName":"t"}' }, { thingName: 'a/b', thingTypeName: 't' }],
    ['null is nothing', { service: 'iot', target: '/things/x', body: '{"thingTypeName":null}' }, { thingName: 'x' }],
    ['lists and maps of forms', { service: 'iam', headers: FORM, body: 'Action=CreateRole&Version=2010-05-08&RoleName=x&AssumeRolePolicyDocument=%7B%7D&Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Value=2' }, { RoleName: 'x', AssumeRolePolicyDocument: '{}', Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }] }],
    ['query requests by GET', { service: 'iam', method: 'GET', target: '/?Action=ListRoles&Version=2010-05-08&PathPrefix=%2Fa%2F' }, { PathPrefix: '/a/' }],
    ['XML lists', { service: 's3', target: '/b-1?delete', body: '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object><Quiet>true</Quiet></Delete>' }, { Bucket: 'b-1', Delete: { Objects: [{ Key: 'a&b' }, { Key: 'c' }], Quiet: true } }],
  ])('%s', async (_case, sent, expected) => {
    expect((await send(await openTestGateway({ services }), sent)).input).toEqual(expected)
  })

  test('blobs of the payload pass as they are, and the status may come from a member', async () => {
    const answered = await send(await openTestGateway({ services }), { service: 'lambda', target: '/2015-03-31/functions/f/invocations', body: '\u0000not json' })
    expect([answered.status, answered.text]).toEqual([202, '\u0000not json'])
  })
})

describe('too long a body', () => {
  test('is refused unread, in the service’s words', async () => {
    const gateway = await openTestGateway({ services })
    const answered = await send(gateway, { service: 'iot', target: '/things/x', body: `{"thingTypeName":"${'x'.repeat(10 * 1024 * 1024)}"}` })
    expect([answered.status, answered.code, answered.headers.get('connection')]).toEqual([413, 'RequestEntityTooLargeException', 'close'])
    const form = await send(gateway, { service: 'iam', headers: FORM, body: `Action=ListRoles&Version=2010-05-08&Marker=${'x'.repeat(10 * 1024 * 1024)}` })
    expect([form.status, form.code]).toEqual([413, 'RequestEntityTooLarge'])
  })
})

test('every answer has the request’s id and the cloud’s time', async () => {
  const gateway = await openTestGateway({ services })
  gateway.clock.advance(-600_000)
  const json = await send(gateway, { service: 'iot', method: 'GET', target: '/things' })
  const xml = await send(gateway, { service: 's3', method: 'GET', target: '/b-1?list-type=2' })
  expect(json.headers.get('x-amzn-requestid')).toMatch(/^[\w-]{36}$/)
  expect(xml.headers.get('x-amz-request-id')).toMatch(/^[\w-]{36}$/)
  expect(Math.abs(new Date(json.headers.get('date') ?? 0).getTime() - gateway.clock.now().getTime())).toBeLessThan(5000)
})
