// sandbox/src/cloud/cloud-control/cloud-control.test.ts: the API itself: progress, client tokens, identifiers, patches, refusals.
import { CancelResourceRequestCommand, CreateResourceCommand, GetResourceRequestStatusCommand, ListResourceRequestsCommand, ListResourcesCommand } from '@aws-sdk/client-cloudcontrol'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import { expect, test } from 'vitest'
import { ACCOUNT, controlBench } from './testing.ts'

const GROUP = 'AWS::IoT::ThingGroup'
const LOGS = 'AWS::Logs::LogGroup'

test('a resource is created, read with its read-only attributes, changed, listed and deleted', async () => {
  const bench = await controlBench()
  const created = await bench.create(GROUP, { ThingGroupName: 'fleet-dev', ThingGroupProperties: { ThingGroupDescription: 'one' } })
  expect(created).toMatchObject({ TypeName: GROUP, Operation: 'CREATE', OperationStatus: 'SUCCESS', Identifier: 'fleet-dev', RequestToken: expect.any(String), EventTime: expect.any(Date) })
  expect(await bench.get(GROUP, 'fleet-dev')).toEqual({
    ThingGroupName: 'fleet-dev',
    Arn: `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thinggroup/fleet-dev`,
    Id: expect.any(String),
    ThingGroupProperties: { ThingGroupDescription: 'one' },
  })
  expect(await bench.update(GROUP, 'fleet-dev', [{ op: 'replace', path: '/ThingGroupProperties/ThingGroupDescription', value: 'two' }])).toMatchObject({ Operation: 'UPDATE', OperationStatus: 'SUCCESS' })
  expect(await bench.get(GROUP, 'fleet-dev')).toMatchObject({ ThingGroupProperties: { ThingGroupDescription: 'two' } })
  expect(await bench.list(GROUP)).toEqual(['fleet-dev'])
  expect(await bench.remove(GROUP, 'fleet-dev')).toMatchObject({ Operation: 'DELETE', OperationStatus: 'SUCCESS', Identifier: 'fleet-dev' })
  await expect(bench.get(GROUP, 'fleet-dev')).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: expect.stringContaining('HandlerErrorCode: NotFound') })
})

test('an unnamed resource is given a name', async () => {
  const bench = await controlBench()
  expect((await bench.create(GROUP, {})).Identifier).toMatch(/^ThingGroup-[0-9a-f]{12}$/)
})

test('what fails says so in its progress, and again when asked', async () => {
  const bench = await controlBench()
  await bench.create(GROUP, { ThingGroupName: 'g' })
  const again = await bench.create(GROUP, { ThingGroupName: 'g', ThingGroupProperties: { ThingGroupDescription: 'other' } })
  expect(again).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'AlreadyExists', StatusMessage: expect.stringContaining('ResourceAlreadyExistsException') })
  expect(await bench.create(GROUP, { ThingGroupName: 'g' })).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'AlreadyExists' }) // though IoT itself takes it as done
  const { ProgressEvent } = await bench.client.send(new GetResourceRequestStatusCommand({ RequestToken: again.RequestToken }))
  expect(ProgressEvent).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'AlreadyExists' })
  expect(await bench.remove(GROUP, 'absent')).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'NotFound' })
  await expect(bench.client.send(new GetResourceRequestStatusCommand({ RequestToken: 'absent' }))).rejects.toMatchObject({ name: 'RequestTokenNotFoundException' })
})

test('requests are listed by what they did and how it went, and none that is done can be canceled', async () => {
  const bench = await controlBench()
  await bench.create(GROUP, { ThingGroupName: 'g' })
  const { RequestToken } = await bench.remove(GROUP, 'absent')
  const failed = await bench.client.send(new ListResourceRequestsCommand({ ResourceRequestStatusFilter: { Operations: ['DELETE'], OperationStatuses: ['FAILED'] } }))
  expect(failed.ResourceRequestStatusSummaries?.map((event) => event.RequestToken)).toEqual([RequestToken])
  expect((await bench.client.send(new ListResourceRequestsCommand({ MaxResults: 1 }))).NextToken).toEqual(expect.any(String))
  await expect(bench.client.send(new CancelResourceRequestCommand({ RequestToken }))).rejects.toMatchObject({ name: 'ValidationException' })
})

test('a request that is sent again with its token is the same request, also after a restart; another one is refused', async () => {
  const bench = await controlBench()
  const first = await bench.create(LOGS, { LogGroupName: '/a' }, 'once')
  expect(await bench.create(LOGS, { LogGroupName: '/a' }, 'once')).toEqual(first)
  await expect(bench.create(LOGS, { LogGroupName: '/b' }, 'once')).rejects.toMatchObject({ name: 'ClientTokenConflictException' })
  const later = await bench.restart()
  expect(await later.create(LOGS, { LogGroupName: '/a' }, 'once')).toEqual(first)
  expect(await later.get(LOGS, '/a')).toMatchObject({ LogGroupName: '/a' })
})

test('an unknown type is named, with those that there are', async () => {
  const bench = await controlBench()
  await expect(bench.create('AWS::EC2::Instance', {})).rejects.toMatchObject({ name: 'TypeNotFoundException', message: expect.stringMatching(/'AWS::EC2::Instance' cannot be found.*AWS::IoT::ThingGroup/) })
})

test.each<[string, string, object, RegExp]>([
  ['an unknown property', GROUP, { Nmae: 'x' }, /#: extraneous key \[Nmae\] is not permitted/],
  ['an unknown nested property', GROUP, { ThingGroupProperties: { Text: 'x' } }, /#\/ThingGroupProperties: extraneous key \[Text\] is not permitted/],
  ['a missing property', 'AWS::IoT::Policy', { PolicyName: 'p' }, /#: required key \[PolicyDocument\] not found/],
  ['a wrong type', LOGS, { LogGroupName: 7 }, /#\/LogGroupName: expected type: String, found: Integer/],
  ['a pattern', GROUP, { ThingGroupName: 'a b' }, /#\/ThingGroupName: failed validation constraint for keyword \[pattern\]/],
  ['an enum', 'AWS::ECR::Repository', { ImageTagMutability: 'NEVER' }, /#\/ImageTagMutability: "NEVER" is not a valid enum value/],
  ['a name that is not allowed', 'AWS::Lambda::Function', { Role: 'arn:aws:iam::000000000000:role/x', Code: {}, Environment: { Variables: { '1': 'x' } } }, /#\/Environment\/Variables: extraneous key \[1\] is not permitted/],
  ['a length', GROUP, { ThingGroupName: 'x'.repeat(129) }, /#\/ThingGroupName: failed validation constraint for keyword \[maxLength\]/],
  ['a number', 'AWS::IoT::RoleAlias', { RoleArn: 'arn:aws:iam::000000000000:role/x', CredentialDurationSeconds: 1 }, /#\/CredentialDurationSeconds: failed validation constraint for keyword \[minimum\]/],
  ['a read-only property', GROUP, { Arn: 'arn' }, /unsupported property Arn/],
  ['several at once', 'AWS::Lambda::Function', { Timeout: 'x' }, /required key \[Code\] not found\n#: required key \[Role\] not found\n#\/Timeout: expected type: (Number|Integer), found: String/],
])('%s is refused before anything is made', async (_case, typeName, desired, message) => {
  const bench = await controlBench()
  await expect(bench.create(typeName, desired)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message) })
})

test.each([['{', /not JSON/], ['[]', /not a JSON object/], ['null', /not a JSON object/]])('the state %s is refused', async (DesiredState, message) => {
  const bench = await controlBench()
  await expect(bench.client.send(new CreateResourceCommand({ TypeName: GROUP, DesiredState }))).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message) })
})

test.each<[string, readonly object[] | string, string, RegExp]>([
  ['no JSON', '{', 'ValidationException', /not JSON/],
  ['no list', '{}', 'ValidationException', /Invalid patch document/],
  ['an unknown operation', [{ op: 'set', path: '/RetentionInDays', value: 1 }], 'ValidationException', /Invalid patch document/],
  ['no value', [{ op: 'add', path: '/RetentionInDays' }], 'ValidationException', /value is required/],
  ['no pointer', [{ op: 'remove', path: 'RetentionInDays' }], 'ValidationException', /no JSON pointer/],
  ['replacing what is not there', [{ op: 'replace', path: '/KmsKeyId', value: 'x' }], 'ValidationException', /operation 1 \(replace \/KmsKeyId\) does not apply/],
  ['a test that fails', [{ op: 'test', path: '/RetentionInDays', value: 3 }, { op: 'remove', path: '/RetentionInDays' }], 'ValidationException', /operation 1 \(test/],
  ['an array index beyond the end', [{ op: 'add', path: '/Tags/9', value: { Key: 'a', Value: 'b' } }], 'ValidationException', /does not apply/],
  ['a create-only property', [{ op: 'replace', path: '/LogGroupName', value: '/other' }], 'NotUpdatableException', /createOnlyProperties \[\/properties\/LogGroupName\] cannot be updated/],
  ['a read-only property', [{ op: 'remove', path: '/Arn' }], 'NotUpdatableException', /readOnlyProperties \[\/properties\/Arn\]/],
  ['a result that is no model', [{ op: 'replace', path: '/RetentionInDays', value: 2 }], 'ValidationException', /#\/RetentionInDays/],
  ['the whole as something else', [{ op: 'replace', path: '', value: [] }], 'NotUpdatableException', /cannot be updated/],
  ['the prototype', [{ op: 'add', path: '/__proto__/polluted', value: true }], 'ValidationException', /./],
])('a patch with %s changes nothing', async (_case, patch, name, message) => {
  const bench = await controlBench()
  await bench.create(LOGS, { LogGroupName: '/a', RetentionInDays: 7, Tags: [{ Key: 'stage', Value: 'dev' }] })
  const before = await bench.get(LOGS, '/a')
  await expect(bench.update(LOGS, '/a', patch)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
  expect(await bench.get(LOGS, '/a')).toEqual(before)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('a patch adds to lists, moves, copies, and escapes slashes in names', async () => {
  const bench = await controlBench()
  await bench.create(LOGS, { LogGroupName: '/a', Tags: [{ Key: 'one', Value: '1' }] })
  await bench.update(LOGS, '/a', [
    { op: 'add', path: '/Tags/-', value: { Key: 'two', Value: '2' } },
    { op: 'copy', from: '/Tags/0', path: '/Tags/-' },
    { op: 'replace', path: '/Tags/2/Key', value: 'three' },
    { op: 'add', path: '/RetentionInDays', value: 3 },
  ])
  expect(await bench.get(LOGS, '/a')).toMatchObject({ RetentionInDays: 3, Tags: expect.arrayContaining([{ Key: 'one', Value: '1' }, { Key: 'two', Value: '2' }, { Key: 'three', Value: '1' }]) })
  await bench.update(LOGS, '/a', [{ op: 'remove', path: '/RetentionInDays' }, { op: 'remove', path: '/Tags/0' }])
  expect(await bench.get(LOGS, '/a')).not.toHaveProperty('RetentionInDays')
  await bench.create(GROUP, { ThingGroupName: 'g', ThingGroupProperties: { AttributePayload: { Attributes: { 'a/b': '1' } } } })
  await bench.update(GROUP, 'g', [{ op: 'replace', path: '/ThingGroupProperties/AttributePayload/Attributes/a~1b', value: '2' }])
  expect(await bench.get(GROUP, 'g')).toMatchObject({ ThingGroupProperties: { AttributePayload: { Attributes: { 'a/b': '2' } } } })
})

test('what is not there cannot be updated, and some types not at all', async () => {
  const bench = await controlBench()
  await expect(bench.update(LOGS, '/absent', [])).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(bench.update('AWS::Lambda::Permission', 'f|x', [])).rejects.toMatchObject({ name: 'UnsupportedActionException' })
})

test('identifiers of several parts are joined, or a JSON object', async () => {
  const bench = await controlBench()
  await bench.create('AWS::IAM::Role', { RoleName: 'r', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') })
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }
  expect((await bench.create('AWS::IAM::RolePolicy', { PolicyName: 'p', RoleName: 'r', PolicyDocument: document })).Identifier).toBe('p|r')
  for (const identifier of ['p|r', '{"PolicyName":"p","RoleName":"r"}']) expect(await bench.get('AWS::IAM::RolePolicy', identifier)).toEqual({ PolicyName: 'p', RoleName: 'r', PolicyDocument: document })
  await expect(bench.get('AWS::IAM::RolePolicy', 'p')).rejects.toMatchObject({ name: 'ValidationException' })
  await expect(bench.get('AWS::IAM::RolePolicy', '{"PolicyName":"p"}')).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('exactly one identifier') })
  expect(await bench.list('AWS::IAM::RolePolicy', { RoleName: 'r' })).toEqual(['p|r'])
  await expect(bench.list('AWS::IAM::RolePolicy')).rejects.toMatchObject({ name: 'InvalidRequestException' })
})

test('lists come page by page, each resource once', async () => {
  const bench = await controlBench()
  const names = ['/a', '/b', '/c', '/d', '/e']
  for (const LogGroupName of names) await bench.create(LOGS, { LogGroupName })
  const seen: string[] = []
  let NextToken: string | undefined
  do {
    const page = await bench.client.send(new ListResourcesCommand({ TypeName: LOGS, MaxResults: 2, NextToken }))
    seen.push(...(page.ResourceDescriptions ?? []).map(({ Identifier = '' }) => Identifier))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  expect(seen).toEqual(names)
})

test('a role session needs Cloud Control\'s own permission and those of what its handlers call', async () => {
  const bench = await controlBench()
  const allow = (...actions: string[]) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] })
  await bench.create('AWS::IAM::Role', {
    RoleName: 'deployer',
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `arn:aws:iam::${ACCOUNT.accountId}:root` } }] },
    Policies: [{ PolicyName: 'p', PolicyDocument: allow('cloudformation:CreateResource', 'logs:*') }],
  })
  const sts = new STSClient(bench.settings())
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT.accountId}:role/deployer`, RoleSessionName: 'session' }))
  const key = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' }
  const client = new CloudControlClient(bench.settings(key))
  const create = async (TypeName: string, desired: object) => (await client.send(new CreateResourceCommand({ TypeName, DesiredState: JSON.stringify(desired) }))).ProgressEvent
  expect(await create(LOGS, { LogGroupName: '/a' })).toMatchObject({ OperationStatus: 'SUCCESS' })
  expect(await create(GROUP, { ThingGroupName: 'g' })).toMatchObject({ OperationStatus: 'FAILED', ErrorCode: 'AccessDenied', StatusMessage: expect.stringContaining('iot:CreateThingGroup') })
  await expect(client.send(new ListResourcesCommand({ TypeName: LOGS }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

const trust = (service: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] })
