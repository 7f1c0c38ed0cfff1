// sandbox/src/cloud/iot-core/registry/thing-groups.ts: static thing groups: their properties and their place in the hierarchy.
import { randomUUID } from 'node:crypto'
import { keyOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { mergedAttributes, sameAttributes, withoutEmpty } from './attributes.ts'
import { alreadyExists, invalidRequest, required } from './errors.ts'
import { ancestorsOf, childrenOf, descendantsOf, directThingsOf, theGroup } from './group-tree.ts'
import { listed, listedOf } from './listing.ts'
import { detachAllPolicies } from './policy-attachments.ts'
import type { IotOperations, RegistryState, ThingGroupRecord } from './registry-state.ts'
import { removeTags, setTags } from './tags.ts'
import { leaveGroup } from './thing-group-members.ts'
import { checkVersion } from './things.ts'

/** AWS IoT quotas, «Thing group resource limits». */
const MOST = { attributes: 50, children: 100, levels: 7 }

export function thingGroupOperations(state: RegistryState) {
  const { tables, account } = state
  const arnOf = (name: string) => iotArn(account, 'thinggroup', name)
  const named = (name: string) => ({ groupName: name, groupArn: arnOf(name) })
  return {
    CreateThingGroup(input) {
      const name = required(input.thingGroupName, 'thingGroupName')
      const wanted = newGroup(state, input)
      const existing = tables.groups.get(name)
      if (existing && !isSame(existing, wanted)) throw alreadyExists(`Thing group ${name} already exists in account with different properties`, existing.thingGroupId, arnOf(name))
      if (!existing)
        state.change(() => {
          tables.groups.put(name, wanted)
          if (wanted.parent !== undefined) tables.childGroups.put(keyOf(wanted.parent, name), true)
          setTags(state, arnOf(name), input.tags)
        })
      return { thingGroupName: name, thingGroupArn: arnOf(name), thingGroupId: (existing ?? wanted).thingGroupId }
    },
    DescribeThingGroup(input) {
      const name = required(input.thingGroupName, 'thingGroupName')
      const { thingGroupId, description, attributes, version, parent, createdAt } = theGroup(state, name)
      return {
        thingGroupName: name,
        thingGroupId,
        thingGroupArn: arnOf(name),
        version,
        thingGroupProperties: { thingGroupDescription: description, attributePayload: { attributes: { ...attributes } } },
        thingGroupMetadata: { parentGroupName: parent, rootToParentThingGroups: ancestorsOf(state, name).reverse().map(named), creationDate: createdAt },
      }
    },
    UpdateThingGroup(input) {
      const name = required(input.thingGroupName, 'thingGroupName')
      const group = theGroup(state, name)
      checkVersion(name, group.version, input.expectedVersion)
      const properties = required(input.thingGroupProperties, 'thingGroupProperties')
      const attributes = mergedAttributes(group.attributes, properties.attributePayload)
      checkAttributes(attributes)
      const description = properties.thingGroupDescription ?? group.description
      const version = group.version + 1
      state.change(() => tables.groups.put(name, { ...group, ...(description === undefined ? {} : { description }), attributes, version }))
      return { version }
    },
    DeleteThingGroup(input) {
      const name = required(input.thingGroupName, 'thingGroupName')
      const group = tables.groups.get(name)
      if (!group) return {}
      checkVersion(name, group.version, input.expectedVersion)
      if (childrenOf(state, name).length > 0) throw invalidRequest(`Cannot delete thing group : ${name} when there are still child groups attached to it`)
      state.change(() => removeGroup(state, name, group))
      return {}
    },
    ListThingGroups(input) {
      const startsRight = (name: string) => name.startsWith(input.namePrefixFilter ?? '')
      if (input.parentGroup !== undefined) {
        theGroup(state, input.parentGroup)
        const below = input.recursive ? descendantsOf(state, input.parentGroup) : childrenOf(state, input.parentGroup)
        const { names, next } = listedOf(below.filter(startsRight).sort(), { token: input.nextToken, size: input.maxResults })
        return { thingGroups: names.map(named), nextToken: next }
      }
      const isListed = (name: string, group: ThingGroupRecord) => startsRight(name) && (input.recursive !== false || group.parent === undefined)
      const { items, next } = listed(tables.groups, { token: input.nextToken, size: input.maxResults, keep: isListed })
      return { thingGroups: items.map(([name]) => named(name)), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

interface NewGroup {
  readonly parentGroupName?: string | undefined
  readonly thingGroupProperties?: { readonly thingGroupDescription?: string | undefined; readonly attributePayload?: { readonly attributes?: Record<string, string> | undefined } | undefined } | undefined
}

function newGroup(state: RegistryState, { parentGroupName: parent, thingGroupProperties: properties }: NewGroup): ThingGroupRecord {
  if (parent !== undefined) checkPlace(state, parent)
  const attributes = withoutEmpty(properties?.attributePayload?.attributes ?? {})
  checkAttributes(attributes)
  const description = properties?.thingGroupDescription
  return {
    thingGroupId: randomUUID(),
    ...(parent === undefined ? {} : { parent }),
    ...(description === undefined ? {} : { description }),
    attributes,
    version: 1,
    createdAt: state.clock.now(),
  }
}

function checkPlace(state: RegistryState, parent: string): void {
  if (!state.tables.groups.get(parent)) throw invalidRequest(`Parent thing group ${parent} does not exist`) // CreateThingGroup knows no ResourceNotFoundException
  if (ancestorsOf(state, parent).length + 2 > MOST.levels) throw invalidRequest(`A hierarchy of thing groups can have ${MOST.levels} levels`)
  if (childrenOf(state, parent).length >= MOST.children) throw invalidRequest(`Thing group ${parent} can have ${MOST.children} direct child groups`)
}

function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  if (Object.keys(attributes).length > MOST.attributes) throw invalidRequest(`A thing group can have ${MOST.attributes} attributes`)
}

const isSame = (a: ThingGroupRecord, b: ThingGroupRecord) => a.parent === b.parent && a.description === b.description && sameAttributes(a.attributes, b.attributes)

/** Its things lose what the group gave them (developer guide, «Delete a static thing group»). */
function removeGroup(state: RegistryState, name: string, { parent }: ThingGroupRecord): void {
  const { tables, account } = state
  detachAllPolicies(state, iotArn(account, 'thinggroup', name))
  for (const thing of directThingsOf(state, name)) leaveGroup(state, thing, name)
  if (parent !== undefined) tables.childGroups.delete(keyOf(parent, name))
  tables.groups.delete(name)
  removeTags(state, iotArn(account, 'thinggroup', name))
}
