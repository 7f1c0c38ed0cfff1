// sandbox/src/cloud/cloud-control/resource-types.test.ts: every resource type, made and changed through Cloud Control in the real services.
import { CreateFunctionCommand, GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ECRClient, PutImageCommand, InitiateLayerUploadCommand, UploadLayerPartCommand, CompleteLayerUploadCommand } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { sha256 } from '../ecr/testing.ts'
import { GROUP, groupArn } from '../greengrass/testing.ts'
import type { Perform } from './aws-clients.ts'
import { awsClients } from './aws-clients.ts'
import { allow, role, roleArn, STORIES, trust } from './resource-stories.ts'
import { ACCOUNT, controlBench } from './testing.ts'
import { topicRule } from './types/iot-topic-rule.ts'
import { RESOURCE_TYPES } from './types.ts'

test.each(Object.entries(STORIES))('%s', async (typeName, { prepare, within, desired, identifier, readOnly, patch, patched, hidden = [], listedBy }) => {
  const bench = await controlBench()
  await prepare?.(bench)
  const place = await within?.(bench)
  const { Identifier = '', ...created } = await bench.create(typeName, { ...desired, ...place })
  expect(created.StatusMessage).toBeUndefined()
  expect(Identifier).toMatch(identifier)
  const shown = Object.fromEntries(Object.entries(desired).filter(([name]) => !hidden.includes(name)))
  const properties = await bench.get(typeName, Identifier)
  expect(properties).toMatchObject({ ...shown, ...readOnly })
  expect(await bench.list(typeName, listedBy ?? place)).toContain(Identifier)
  if (patch) {
    expect(await bench.update(typeName, Identifier, patch)).toMatchObject({ OperationStatus: 'SUCCESS' })
    const after = await bench.get(typeName, Identifier)
    expect(after).toMatchObject(patched ?? {})
    const removed = patch.flatMap((operation) => ('op' in operation && operation.op === 'remove' && 'path' in operation && /^\/\w+$/.test(String(operation.path)) ? [String(operation.path).slice(1)] : []))
    for (const name of removed) if (!(name in (patched ?? {}))) expect(after).not.toHaveProperty(name)
  }
  const later = await bench.restart()
  expect(await later.get(typeName, Identifier)).toMatchObject(patched ?? shown)
  if (typeName === 'AWS::IoT::ThingType') return // can be deleted only five minutes after it was deprecated
  expect(await later.remove(typeName, Identifier)).toMatchObject({ OperationStatus: 'SUCCESS' })
  await expect(later.get(typeName, Identifier)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('every type that is offered has such a story', () => {
  expect(RESOURCE_TYPES.map(({ typeName }) => typeName).sort()).toEqual(Object.keys(STORIES).sort())
})

test('AWS::IoT::TopicRule names everything as the API does', async () => {
  const calls: unknown[] = []
  const perform: Perform = async (_model, operation, input) => {
    calls.push([operation, input])
    if (operation === 'GetTopicRule') return { ruleArn: 'arn', rule: { ruleName: 'r', sql: 'SELECT * FROM "a"', ruleDisabled: false, actions: [{ kafka: { topic: 't', clientProperties: { 'bootstrap.servers': 'x' } } }] } }
    return {}
  }
  const handling = { ...awsClients(perform, {} as never), account: ACCOUNT, generatedName: () => 'TopicRule-1' }
  const payload = { Sql: 'SELECT * FROM "a"', Actions: [{ CloudwatchLogs: { LogGroupName: '/a', RoleArn: 'r' } }, { Kafka: { Topic: 't', ClientProperties: { 'bootstrap.servers': 'x' } } }] }
  expect(await topicRule.create({ TopicRulePayload: payload, Tags: [{ Key: 'x', Value: 'of x' }] } as never, handling)).toEqual(['TopicRule_1'])
  expect(calls[0]).toEqual([
    'CreateTopicRule',
    {
      ruleName: 'TopicRule_1',
      topicRulePayload: { ruleDisabled: false, sql: payload.Sql, actions: [{ cloudwatchLogs: { logGroupName: '/a', roleArn: 'r' } }, { kafka: { topic: 't', clientProperties: { 'bootstrap.servers': 'x' } } }] },
      tags: 'x=of+x',
    },
  ])
  expect(await topicRule.read(['r'], handling)).toMatchObject({ TopicRulePayload: { Sql: payload.Sql, RuleDisabled: false, Actions: [{ Kafka: { Topic: 't', ClientProperties: { 'bootstrap.servers': 'x' } } }] } })
})

test('inline code runs, and equal code is an equal package', async () => {
  const bench = await controlBench()
  await role(bench, 'hook', 'lambda.amazonaws.com')
  const code = 'exports.handler = async ({ n }) => n + 1'
  await bench.create('AWS::Lambda::Function', { FunctionName: 'f', Role: roleArn('hook'), Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: code } })
  const lambda = new LambdaClient(bench.settings())
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'f', Payload: '{"n":1}' }))
  expect(Buffer.from(Payload ?? []).toString()).toBe('2')
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'f' }))
  await bench.update('AWS::Lambda::Function', 'f', [{ op: 'add', path: '/Code', value: { ZipFile: code } }])
  expect((await lambda.send(new GetFunctionCommand({ FunctionName: 'f' }))).Configuration?.CodeSha256).toBe(Configuration?.CodeSha256)
  await expect(bench.update('AWS::Lambda::Function', 'f', [{ op: 'replace', path: '/Timeout', value: 9 }])).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('required key [Code] not found') })
})

test('a bucket with objects is not deleted', async () => {
  const bench = await controlBench()
  await bench.create('AWS::S3::Bucket', { BucketName: 'store' })
  await new S3Client(bench.settings()).send(new PutObjectCommand({ Bucket: 'store', Key: 'k', Body: 'x' }))
  expect(await bench.remove('AWS::S3::Bucket', 'store')).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'GeneralServiceException', StatusMessage: expect.stringContaining('BucketNotEmpty') })
  expect(await bench.create('AWS::S3::Bucket', { BucketName: 'store' })).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'AlreadyExists' })
})

test('a repository with images is not deleted, whatever EmptyOnDelete says: as in AWS', async () => {
  const bench = await controlBench()
  const repositoryName = 'fleet-dev/led'
  await bench.create('AWS::ECR::Repository', { RepositoryName: repositoryName, EmptyOnDelete: true })
  const ecr = new ECRClient(bench.settings())
  const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }))
  await ecr.send(new UploadLayerPartCommand({ repositoryName, uploadId, partFirstByte: 0, partLastByte: 1, layerPartBlob: Buffer.from('{}') }))
  await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [sha256('{}')] }))
  await ecr.send(new PutImageCommand({ repositoryName, imageTag: '1', imageManifest: JSON.stringify({ schemaVersion: 2, config: { digest: sha256('{}'), size: 2 }, layers: [] }) }))
  expect(await bench.remove('AWS::ECR::Repository', repositoryName)).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'GeneralServiceException', StatusMessage: expect.stringContaining('RepositoryNotEmptyException') })
})

test('a function with a role that does not exist is refused, and nothing is left', async () => {
  const bench = await controlBench()
  expect(await bench.create('AWS::Lambda::Function', { FunctionName: 'f', Role: roleArn('absent'), Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: '' } })).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'InvalidRequest' })
  expect(await bench.list('AWS::Lambda::Function')).toEqual([])
  await expect(new LambdaClient(bench.settings()).send(new CreateFunctionCommand({ FunctionName: 'f', Role: roleArn('absent'), Code: {} }))).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
})

test('a role whose policy is malformed leaves no half of itself', async () => {
  const bench = await controlBench()
  const broken = { RoleName: 'r', AssumeRolePolicyDocument: trust('lambda.amazonaws.com'), Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Perhaps' }] } }] }
  expect(await bench.create('AWS::IAM::Role', broken)).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'InvalidRequest' })
  expect(await bench.create('AWS::IAM::Role', { ...broken, Policies: [] })).toMatchObject({ OperationStatus: 'SUCCESS' })
})

test('a deployment is superseded by the next, and then the former one is deleted: what aws-native does', async () => {
  const bench = await controlBench()
  await bench.create('AWS::IoT::ThingGroup', { ThingGroupName: GROUP })
  const first = await bench.create('AWS::GreengrassV2::Deployment', { TargetArn: groupArn(), Components: {} })
  const second = await bench.create('AWS::GreengrassV2::Deployment', { TargetArn: groupArn(), Components: { x: { ComponentVersion: '1.0.0' } } })
  expect(await bench.remove('AWS::GreengrassV2::Deployment', first.Identifier ?? '')).toMatchObject({ OperationStatus: 'SUCCESS' })
  const { deploymentStatus, revisionId } = await new GreengrassV2Client(bench.settings()).send(new GetDeploymentCommand({ deploymentId: second.Identifier }))
  expect([deploymentStatus, revisionId]).toEqual(['ACTIVE', '2'])
})

test('an IoT policy changes more often than it has versions', async () => {
  const bench = await controlBench()
  await bench.create('AWS::IoT::Policy', { PolicyName: 'p', PolicyDocument: allow('iot:Connect') })
  for (let i = 0; i < 7; i++) expect(await bench.update('AWS::IoT::Policy', 'p', [{ op: 'replace', path: '/PolicyDocument', value: allow('iot:Connect', `arn:${i}`) }])).toMatchObject({ OperationStatus: 'SUCCESS' })
  expect(await bench.get('AWS::IoT::Policy', 'p')).toMatchObject({ PolicyDocument: allow('iot:Connect', 'arn:6') })
})

test('what the sandbox does not do of a distribution, an edge or a pool is refused loudly', async () => {
  const bench = await controlBench()
  const { DistributionConfig: config } = STORIES['AWS::CloudFront::Distribution']?.desired as { DistributionConfig: { DefaultCacheBehavior: object } }
  const refused = async (typeName: string, desired: object) => (await bench.create(typeName, desired).catch((error: unknown) => ({ StatusMessage: String(error) }))).StatusMessage
  const distribution = (change: object) => refused('AWS::CloudFront::Distribution', { DistributionConfig: { ...config, ...change } })
  expect(await distribution({ Aliases: ['a.example'] })).toMatch(/Aliases/)
  expect(await distribution({ DefaultRootObject: '/index.html' })).toMatch(/InvalidDefaultRootObject/)
  expect(await distribution({ DefaultCacheBehavior: { ...config.DefaultCacheBehavior, TargetOriginId: 'other' } })).toMatch(/NoSuchOrigin/)
  expect(await distribution({ DefaultCacheBehavior: { ...config.DefaultCacheBehavior, CachePolicyId: 'mine' } })).toMatch(/NoSuchCachePolicy/)
  expect(await distribution({ DefaultCacheBehavior: { ...config.DefaultCacheBehavior, ResponseHeadersPolicyId: 'none' } })).toMatch(/NoSuchResponseHeadersPolicy/)
  expect(await distribution({ Origins: [{ Id: 'o', DomainName: 'example.com', S3OriginConfig: {} }] })).toMatch(/InvalidOrigin/)
  expect(await distribution({ Origins: [{ Id: 'o', DomainName: 'b.s3.eu-central-1.amazonaws.com', S3OriginConfig: {}, OriginAccessControlId: 'none' }] })).toMatch(/InvalidOriginAccessControl/)
  expect(await refused('AWS::Cognito::IdentityPool', { AllowUnauthenticatedIdentities: true })).toMatch(/AllowUnauthenticatedIdentities/)
  expect(await refused('AWS::Cognito::UserPool', { MfaConfiguration: 'ON' })).toMatch(/MfaConfiguration/)
  expect(await bench.list('AWS::CloudFront::Distribution')).toEqual([])
})

test('an origin access control and a headers policy stay as long as a distribution uses them', async () => {
  const bench = await controlBench()
  const [control, policy] = ['AWS::CloudFront::OriginAccessControl', 'AWS::CloudFront::ResponseHeadersPolicy'] as const
  const { Identifier: OriginAccessControlId = '' } = await bench.create(control, STORIES[control]?.desired ?? {})
  const { Identifier: ResponseHeadersPolicyId = '' } = await bench.create(policy, STORIES[policy]?.desired ?? {})
  const { DistributionConfig: config } = STORIES['AWS::CloudFront::Distribution']?.desired as { DistributionConfig: { DefaultCacheBehavior: object; Origins: object[] } }
  const { Identifier = '' } = await bench.create('AWS::CloudFront::Distribution', { DistributionConfig: { ...config, Origins: [{ ...config.Origins[0], OriginAccessControlId }], DefaultCacheBehavior: { ...config.DefaultCacheBehavior, ResponseHeadersPolicyId } } })
  expect(await bench.remove(control, OriginAccessControlId)).toMatchObject({ OperationStatus: 'FAILED', StatusMessage: expect.stringContaining('OriginAccessControlInUse') })
  expect(await bench.remove(policy, ResponseHeadersPolicyId)).toMatchObject({ OperationStatus: 'FAILED', StatusMessage: expect.stringContaining('ResponseHeadersPolicyInUse') })
  expect(await bench.remove('AWS::CloudFront::Distribution', Identifier)).toMatchObject({ OperationStatus: 'SUCCESS' })
  expect(await bench.remove(control, OriginAccessControlId)).toMatchObject({ OperationStatus: 'SUCCESS' })
  expect(await bench.remove(policy, ResponseHeadersPolicyId)).toMatchObject({ OperationStatus: 'SUCCESS' })
})
