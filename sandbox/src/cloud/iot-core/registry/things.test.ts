// sandbox/src/cloud/iot-core/registry/things.test.ts: things and thing types, with AWS's rules and errors.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../store/store.ts'
import { asAfterKill } from '../../store/store.testing.ts'
import { activeCertificate, allPages, errorOf, registryInMemory } from './testing.ts'

test('a thing can be created twice alike, but not differently', async () => {
  const { operations } = registryInMemory()
  const create = (value: string) => operations.CreateThing({ thingName: 'a', attributePayload: { attributes: { color: value } } })
  const first = create('red')
  expect(first).toEqual({ thingName: 'a', thingArn: 'arn:aws:iot:eu-central-1:000000000000:thing/a', thingId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  expect(create('red')).toEqual(first)
  expect(await errorOf(() => create('blue'))).toEqual({
    code: 'ResourceAlreadyExistsException',
    message: 'Thing a already exists in account with different attributes',
    members: { resourceId: first.thingId, resourceArn: first.thingArn },
  })
})

test('an update replaces or merges attributes, removes empty ones and raises the version', async () => {
  const { operations } = registryInMemory()
  operations.CreateThing({ thingName: 'a', attributePayload: { attributes: { one: '1', two: '2' } } })
  operations.UpdateThing({ thingName: 'a', attributePayload: { attributes: { two: '', three: '3' }, merge: true } })
  expect(operations.DescribeThing({ thingName: 'a' })).toMatchObject({ attributes: { one: '1', three: '3' }, version: 2, defaultClientId: 'a' })
  operations.UpdateThing({ thingName: 'a', attributePayload: { attributes: { four: '4' } }, expectedVersion: 2 })
  expect(operations.DescribeThing({ thingName: 'a' }).attributes).toEqual({ four: '4' })
  expect((await errorOf(() => operations.UpdateThing({ thingName: 'a', expectedVersion: 2 }))).code).toBe('VersionConflictException')
  expect((await errorOf(() => operations.DeleteThing({ thingName: 'a', expectedVersion: 1 }))).code).toBe('VersionConflictException')
})

test('a thing with a certificate cannot be deleted; one that is not there can', async () => {
  const registry = registryInMemory()
  const { operations } = registry
  operations.CreateThing({ thingName: 'a' })
  const principal = activeCertificate(registry).arn
  operations.AttachThingPrincipal({ thingName: 'a', principal })
  expect(await errorOf(() => operations.DeleteThing({ thingName: 'a' }))).toMatchObject({
    code: 'InvalidRequestException',
    message: 'Cannot delete. Thing a is still attached to one or more principals',
  })
  operations.DetachThingPrincipal({ thingName: 'a', principal })
  operations.DeleteThing({ thingName: 'a' })
  expect(operations.DeleteThing({ thingName: 'a' })).toEqual({})
  expect((await errorOf(() => operations.DescribeThing({ thingName: 'a' }))).code).toBe('ResourceNotFoundException')
})

test.each([
  ['attribute and value', { attributeName: 'color', attributeValue: 'red' }, ['t1', 't4', 't7']],
  ['attribute and the beginning of the value', { attributeName: 'color', attributeValue: 'gr', usePrefixAttributeValue: true }, ['t2', 't5', 't8']],
  ['type', { thingTypeName: 'lamp' }, ['t0', 't3', 't6']],
  ['nothing', {}, ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8']],
])('things are listed page by page, filtered by %s', (_case, filter, expected) => {
  const { operations } = registryInMemory()
  operations.CreateThingType({ thingTypeName: 'lamp' })
  for (let index = 0; index < 9; index++)
    operations.CreateThing({
      thingName: `t${index}`,
      attributePayload: { attributes: { color: ['blue', 'red', 'green'][index % 3]! } },
      ...(index % 3 === 0 ? { thingTypeName: 'lamp' } : {}),
    })
  const names = allPages((nextToken) => {
    const page = operations.ListThings({ maxResults: 2, nextToken, ...filter })
    return { names: page.things.map(({ thingName }) => thingName), next: page.nextToken }
  })
  expect(names).toEqual(expected)
})

test.each([
  [{ thingName: 'a b' }, "1 validation error detected: Value 'a b' at 'thingName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+"],
  [{ thingName: 'x'.repeat(129) }, /Member must have length less than or equal to 128$/],
  [{ thingName: undefined }, "1 validation error detected: Value null at 'thingName' failed to satisfy constraint: Member must not be null"],
  [{ thingName: 'a', attributePayload: { attributes: { 'not ok': '1' } } }, /at 'attributePayload.attributes' failed to satisfy constraint: Map keys must satisfy constraint: \[Member must have length/],
  [{ thingName: 'a', attributePayload: { attributes: { ok: 'ä' } } }, /Map value must satisfy constraint/],
  [{ thingName: 'a', attributePayload: { attributes: { a: '1', b: '2', c: '3', d: '4' } } }, /without a thing type can have 3 attributes/],
])('CreateThing refuses %j', async (input, message) => {
  const { operations } = registryInMemory()
  const error = await errorOf(() => operations.CreateThing(input))
  expect(error.code).toBe('InvalidRequestException')
  expect(error.message).toMatch(message)
})

test('what the sandbox cannot do is not taken silently', async () => {
  const { operations } = registryInMemory()
  expect((await errorOf(() => operations.CreateThing({ thingName: 'a', billingGroupName: 'b' }))).code).toBe('ResourceNotFoundException')
  const mqtt5Configuration = { propagatingAttributes: [{ userPropertyKey: 'k', thingAttribute: 'a' }] }
  expect((await errorOf(() => operations.CreateThingType({ thingTypeName: 't', thingTypeProperties: { mqtt5Configuration } }))).message).toContain('does not offer mqtt5Configuration')
})

test('a page token that was made up is refused', async () => {
  const { operations } = registryInMemory()
  expect((await errorOf(() => operations.ListThings({ nextToken: '!' }))).code).toBe('InvalidRequestException')
})

test('a type must be deprecated for five minutes and be nobody’s before it is deleted', async () => {
  const { operations, clock } = registryInMemory()
  operations.CreateThingType({ thingTypeName: 'lamp', thingTypeProperties: { thingTypeDescription: 'It shines', searchableAttributes: ['color'] } })
  operations.CreateThing({ thingName: 'a', thingTypeName: 'lamp' })
  const remove = () => operations.DeleteThingType({ thingTypeName: 'lamp' })
  expect((await errorOf(remove)).message).toContain('deprecated for 5 minutes')
  operations.DeprecateThingType({ thingTypeName: 'lamp' })
  expect((await errorOf(() => operations.CreateThing({ thingName: 'b', thingTypeName: 'lamp' }))).message).toContain('deprecated')
  clock.advance(5 * 60_000)
  expect((await errorOf(remove)).message).toContain('there are things that have it')
  operations.UpdateThing({ thingName: 'a', removeThingType: true })
  expect(operations.DescribeThingType({ thingTypeName: 'lamp' }).thingTypeMetadata).toMatchObject({ deprecated: true })
  remove()
  expect(operations.ListThingTypes({}).thingTypes).toEqual([])
})

test('what was created is there after the process was killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'state.sqlite')
  const before = registryInMemory(openStore(file))
  before.operations.CreateThing({ thingName: 'a', attributePayload: { attributes: { color: 'red' } } })
  const { certificateId, arn } = activeCertificate(before)
  before.operations.AttachThingPrincipal({ thingName: 'a', principal: arn, thingPrincipalType: 'EXCLUSIVE_THING' })
  const after = registryInMemory(openStore(asAfterKill(file)))
  expect(after.operations.DescribeThing({ thingName: 'a' }).attributes).toEqual({ color: 'red' })
  expect(after.devices.certificate(certificateId)?.status).toBe('ACTIVE')
  expect(after.devices.thingsOf(certificateId)).toEqual([{ thingName: 'a', exclusive: true }])
})
