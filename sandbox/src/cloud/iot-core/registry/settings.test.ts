// sandbox/src/cloud/iot-core/registry/settings.test.ts: role aliases, endpoints, tags and what is set for the account.
import { expect, test } from 'vitest'
import { allPages, CALL, errorOf, registryInMemory } from './testing.ts'

const roleArn = 'arn:aws:iam::000000000000:role/device'

test('a role alias is created, changed, listed and deleted', async () => {
  const { operations, clock } = registryInMemory()
  const create = (roleAlias: string) => operations.CreateRoleAlias({ roleAlias, roleArn })
  expect(create('b')).toEqual({ roleAlias: 'b', roleAliasArn: 'arn:aws:iot:eu-central-1:000000000000:rolealias/b' })
  expect((await errorOf(() => create('b'))).code).toBe('ResourceAlreadyExistsException')
  for (const name of ['a', 'c']) create(name)
  clock.advance(1000)
  operations.UpdateRoleAlias({ roleAlias: 'b', credentialDurationSeconds: 900 })
  expect(operations.DescribeRoleAlias({ roleAlias: 'b' }).roleAliasDescription).toEqual({
    roleAlias: 'b',
    roleAliasArn: 'arn:aws:iot:eu-central-1:000000000000:rolealias/b',
    roleArn,
    owner: '000000000000',
    credentialDurationSeconds: 900,
    creationDate: new Date('2026-01-01T00:00:00Z'),
    lastModifiedDate: new Date('2026-01-01T00:00:01Z'),
  })
  expect(
    allPages((marker) => {
      const page = operations.ListRoleAliases({ pageSize: 2, marker })
      return { names: page.roleAliases, next: page.nextMarker }
    }),
  ).toEqual(['a', 'b', 'c'])
  operations.DeleteRoleAlias({ roleAlias: 'b' })
  expect((await errorOf(() => operations.DeleteRoleAlias({ roleAlias: 'b' }))).code).toBe('ResourceNotFoundException')
})

test.each([
  [{ roleAlias: 'a', roleArn, credentialDurationSeconds: 899 }, /greater than or equal to 900/],
  [{ roleAlias: 'a b', roleArn }, /regular expression/],
  [{ roleAlias: 'a', roleArn: 'arn:aws:iam::000000000000:user/somebody' }, /Invalid role ARN/],
])('CreateRoleAlias refuses %j', async (input, message) => {
  const { operations } = registryInMemory()
  const error = await errorOf(() => operations.CreateRoleAlias(input))
  expect(error.code).toBe('InvalidRequestException')
  expect(error.message).toMatch(message)
})

test('endpoints are those by which the caller reached us; MQTT clients get a host alone', async () => {
  const { operations } = registryInMemory()
  const ask = (endpointType?: string, origin = CALL.origin) => operations.DescribeEndpoint({ endpointType }, { ...CALL, origin }).endpointAddress
  expect(ask('iot:Data-ATS')).toBe('localhost')
  expect(ask('iot:CredentialProvider')).toBe('localhost:4566')
  expect(ask('iot:Jobs', 'https://host.containers.internal:4566')).toBe('host.containers.internal:4566')
  expect(ask(undefined, 'http://[::1]:4566')).toBe('localhost')
  expect((await errorOf(() => ask('iot:Nothing'))).code).toBe('InvalidRequestException')
})

test('events and indexing are off until they are asked for', () => {
  const { operations } = registryInMemory()
  expect(operations.DescribeEventConfigurations().eventConfigurations).toMatchObject({ THING: { Enabled: false }, CA_CERTIFICATE: { Enabled: false } })
  operations.UpdateEventConfigurations({ eventConfigurations: { THING: { Enabled: true } } })
  expect(operations.DescribeEventConfigurations().eventConfigurations).toMatchObject({ THING: { Enabled: true }, JOB: { Enabled: false } })
  expect(operations.GetIndexingConfiguration().thingIndexingConfiguration.thingIndexingMode).toBe('OFF')
  operations.UpdateIndexingConfiguration({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' } })
  expect(operations.GetIndexingConfiguration()).toMatchObject({
    thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS', namedShadowIndexingMode: 'OFF' },
    thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'OFF' },
  })
})

test('logging must be configured before it has levels', async () => {
  const { operations } = registryInMemory()
  const setLevel = () => operations.SetV2LoggingLevel({ logTarget: { targetType: 'THING_GROUP', targetName: 'lamps' }, logLevel: 'DEBUG' })
  expect((await errorOf(() => operations.GetV2LoggingOptions({}))).code).toBe('NotConfiguredException')
  expect((await errorOf(setLevel)).code).toBe('NotConfiguredException')
  expect((await errorOf(() => operations.SetV2LoggingOptions({ defaultLogLevel: 'WARN' }))).message).toContain("'roleArn'")
  operations.SetV2LoggingOptions({ roleArn, defaultLogLevel: 'WARN' })
  expect(operations.GetV2LoggingOptions({})).toMatchObject({ roleArn, defaultLogLevel: 'WARN', disableAllLogs: false })
  setLevel()
  const levels = () => operations.ListV2LoggingLevels({}).logTargetConfigurations
  expect(levels()).toEqual([{ logTarget: { targetType: 'THING_GROUP', targetName: 'lamps' }, logLevel: 'DEBUG' }])
  operations.DeleteV2LoggingLevel({ targetType: 'THING_GROUP', targetName: 'lamps' })
  expect(levels()).toEqual([])
})

test('tags belong to resources that are there, and go with them', async () => {
  const { operations } = registryInMemory()
  const { thingGroupArn: resourceArn } = operations.CreateThingGroup({ thingGroupName: 'lamps', tags: [{ Key: 'stage', Value: 'dev' }] })
  operations.TagResource({ resourceArn, tags: [{ Key: 'owner', Value: 'me' }, { Key: 'stage', Value: 'prod' }] })
  expect(operations.ListTagsForResource({ resourceArn }).tags).toEqual([{ Key: 'owner', Value: 'me' }, { Key: 'stage', Value: 'prod' }])
  operations.UntagResource({ resourceArn, tagKeys: ['owner'] })
  expect((await errorOf(() => operations.TagResource({ resourceArn, tags: [{ Key: 'aws:x', Value: '1' }] }))).code).toBe('InvalidRequestException')
  operations.DeleteThingGroup({ thingGroupName: 'lamps' })
  expect((await errorOf(() => operations.ListTagsForResource({ resourceArn }))).code).toBe('ResourceNotFoundException')
  operations.CreateThingGroup({ thingGroupName: 'lamps' })
  expect(operations.ListTagsForResource({ resourceArn }).tags).toEqual([])
})
