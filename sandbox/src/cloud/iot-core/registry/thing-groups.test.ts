// sandbox/src/cloud/iot-core/registry/thing-groups.test.ts: groups, their hierarchy and their members.
import { expect, test } from 'vitest'
import type { ThingChange } from '../../ports.ts'
import { allPages, errorOf, registryInMemory } from './testing.ts'

/** europe → germany → berlin, and a second root. */
function hierarchy() {
  const registry = registryInMemory()
  const { operations } = registry
  operations.CreateThingGroup({ thingGroupName: 'europe' })
  operations.CreateThingGroup({ thingGroupName: 'germany', parentGroupName: 'europe' })
  operations.CreateThingGroup({ thingGroupName: 'berlin', parentGroupName: 'germany' })
  operations.CreateThingGroup({ thingGroupName: 'lamps' })
  for (const thingName of ['a', 'b', 'c']) operations.CreateThing({ thingName })
  return registry
}

const names = (groups: readonly { groupName?: string | undefined }[]) => groups.map(({ groupName }) => groupName)

test('a group tells the way from the root to its parent', () => {
  const { operations } = hierarchy()
  expect(operations.DescribeThingGroup({ thingGroupName: 'berlin' }).thingGroupMetadata).toMatchObject({
    parentGroupName: 'germany',
    rootToParentThingGroups: [
      { groupName: 'europe', groupArn: 'arn:aws:iot:eu-central-1:000000000000:thinggroup/europe' },
      { groupName: 'germany' },
    ],
  })
})

test('groups are listed as asked: all, roots, children, all below, by their beginning', () => {
  const { operations } = hierarchy()
  expect(names(operations.ListThingGroups({}).thingGroups)).toEqual(['berlin', 'europe', 'germany', 'lamps'])
  expect(names(operations.ListThingGroups({ recursive: false }).thingGroups)).toEqual(['europe', 'lamps'])
  expect(names(operations.ListThingGroups({ parentGroup: 'europe' }).thingGroups)).toEqual(['germany'])
  expect(names(operations.ListThingGroups({ parentGroup: 'europe', recursive: true }).thingGroups)).toEqual(['berlin', 'germany'])
  expect(names(operations.ListThingGroups({ namePrefixFilter: 'la' }).thingGroups)).toEqual(['lamps'])
})

test('things of a group are listed page by page, with those below when asked', () => {
  const { operations } = hierarchy()
  operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'berlin' })
  operations.AddThingToThingGroup({ thingName: 'b', thingGroupName: 'europe' })
  operations.AddThingToThingGroup({ thingArn: 'arn:aws:iot:eu-central-1:000000000000:thing/c', thingGroupArn: 'arn:aws:iot:eu-central-1:000000000000:thinggroup/europe' })
  const list = (recursive: boolean) =>
    allPages((nextToken) => {
      const page = operations.ListThingsInThingGroup({ thingGroupName: 'europe', recursive, maxResults: 2, nextToken })
      return { names: page.things, next: page.nextToken }
    })
  expect(list(false)).toEqual(['b', 'c'])
  expect(list(true)).toEqual(['a', 'b', 'c'])
})

test('a thing can be in one group of a hierarchy only, and in ten groups', async () => {
  const { operations } = hierarchy()
  operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'berlin' })
  expect((await errorOf(() => operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'europe' }))).message).toContain('same hierarchy')
  for (let index = 0; index < 9; index++) {
    operations.CreateThingGroup({ thingGroupName: `g${index}` })
    operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: `g${index}` })
  }
  expect((await errorOf(() => operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'lamps' }))).message).toContain('10 groups')
  operations.UpdateThingGroupsForThing({ thingName: 'a', thingGroupsToRemove: ['berlin'], thingGroupsToAdd: ['europe'] })
  expect(operations.ListThingGroupsForThing({ thingName: 'a', maxResults: 250 }).thingGroups).toHaveLength(10)
})

test('those who follow groups hear of things that join, leave and are deleted', () => {
  const { operations, devices } = hierarchy()
  const heard: ThingChange[] = []
  devices.onThingChange((change) => heard.push(change))
  operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'lamps' })
  operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'lamps' })
  operations.RemoveThingFromThingGroup({ thingName: 'a', thingGroupName: 'lamps' })
  operations.DeleteThing({ thingName: 'a' })
  expect(heard).toEqual([
    { kind: 'joined', thingName: 'a', group: 'lamps' },
    { kind: 'left', thingName: 'a', group: 'lamps' },
    { kind: 'deleted', thingName: 'a' },
  ])
})

test('a group with children cannot be deleted; one without lets its things go', async () => {
  const { operations, devices } = hierarchy()
  operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'berlin' })
  expect((await errorOf(() => operations.DeleteThingGroup({ thingGroupName: 'germany' }))).message).toContain('child groups')
  operations.DeleteThingGroup({ thingGroupName: 'berlin' })
  operations.DeleteThingGroup({ thingGroupName: 'germany' })
  expect(devices.groupsOf('a')).toEqual([])
  expect(operations.DeleteThingGroup({ thingGroupName: 'never-there' })).toEqual({})
})

test('a group is updated with its version, and created twice only alike', async () => {
  const { operations } = hierarchy()
  const update = () => operations.UpdateThingGroup({ thingGroupName: 'lamps', expectedVersion: 1, thingGroupProperties: { thingGroupDescription: 'all lamps', attributePayload: { attributes: { a: '1' } } } })
  expect(update()).toEqual({ version: 2 })
  expect((await errorOf(update)).code).toBe('VersionConflictException')
  expect(operations.DescribeThingGroup({ thingGroupName: 'lamps' }).thingGroupProperties).toEqual({ thingGroupDescription: 'all lamps', attributePayload: { attributes: { a: '1' } } })
  expect((await errorOf(() => operations.CreateThingGroup({ thingGroupName: 'lamps' }))).code).toBe('ResourceAlreadyExistsException')
  expect(operations.CreateThingGroup({ thingGroupName: 'europe' }).thingGroupName).toBe('europe')
})

test('a hierarchy has seven levels', async () => {
  const { operations } = registryInMemory()
  for (let level = 1; level <= 7; level++) operations.CreateThingGroup({ thingGroupName: `level${level}`, ...(level > 1 ? { parentGroupName: `level${level - 1}` } : {}) })
  expect((await errorOf(() => operations.CreateThingGroup({ thingGroupName: 'level8', parentGroupName: 'level7' }))).message).toContain('7 levels')
})
