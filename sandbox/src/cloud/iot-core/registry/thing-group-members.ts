// sandbox/src/cloud/iot-core/registry/thing-group-members.ts: which things are in which groups.
import { keyOf, prefixOf } from '../../store/store.ts'
import { iotArn, readIotArn } from './arns.ts'
import { invalidRequest } from './errors.ts'
import { groupsOfThing, rootOf, theGroup, thingsBelow } from './group-tree.ts'
import { listed, listedOf } from './listing.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'
import { certificatesOf, theThing } from './things.ts'

/** AWS IoT quotas: groups that a thing can be in. */
const MOST_GROUPS = 10

export function thingGroupMemberOperations(state: RegistryState) {
  const { tables, account } = state
  return {
    AddThingToThingGroup(input) {
      const { thing, group } = membership(state, input)
      joinGroup(state, thing, group)
      return {}
    },
    RemoveThingFromThingGroup(input) {
      const { thing, group } = membership(state, input)
      leaveGroup(state, thing, group)
      return {}
    },
    UpdateThingGroupsForThing(input) {
      const thing = nameOf(state, 'thing', input.thingName, undefined)
      theThing(state, thing)
      for (const group of [...(input.thingGroupsToAdd ?? []), ...(input.thingGroupsToRemove ?? [])]) theGroup(state, group)
      state.change(() => {
        input.thingGroupsToRemove?.forEach((group) => leaveGroup(state, thing, group))
        input.thingGroupsToAdd?.forEach((group) => joinGroup(state, thing, group))
      })
      return {}
    },
    ListThingsInThingGroup(input) {
      const group = nameOf(state, 'thinggroup', input.thingGroupName, undefined)
      theGroup(state, group)
      const { nextToken: token, maxResults: size } = input
      if (input.recursive) {
        const { names, next } = listedOf(thingsBelow(state, group), { token, size })
        return { things: [...names], nextToken: next }
      }
      const { items, next } = listed(tables.groupThings, { prefix: prefixOf(group), token, size })
      return { things: items.map(([key]) => key.slice(prefixOf(group).length)), nextToken: next }
    },
    ListThingGroupsForThing(input) {
      const thing = nameOf(state, 'thing', input.thingName, undefined)
      theThing(state, thing)
      const { names, next } = listedOf(groupsOfThing(state, thing), { token: input.nextToken, size: input.maxResults })
      return { thingGroups: names.map((groupName) => ({ groupName, groupArn: iotArn(account, 'thinggroup', groupName) })), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

/** Does nothing when the thing is in the group already. @throws AwsError when the rules of groups forbid it */
export function joinGroup(state: RegistryState, thing: string, group: string): void {
  const { tables } = state
  if (tables.thingGroups.get(keyOf(thing, group))) return
  const current = groupsOfThing(state, thing)
  if (current.length >= MOST_GROUPS) throw invalidRequest(`Thing ${thing} is in ${MOST_GROUPS} groups already, it cannot be in more`)
  const root = rootOf(state, group)
  const related = current.find((other) => rootOf(state, other) === root)
  if (related !== undefined) throw invalidRequest(`Thing ${thing} is in the group ${related} of the same hierarchy as ${group}`)
  changeMembership(state, { thing, group, isMember: true })
}

export function leaveGroup(state: RegistryState, thing: string, group: string): void {
  if (state.tables.thingGroups.get(keyOf(thing, group))) changeMembership(state, { thing, group, isMember: false })
}

function changeMembership(state: RegistryState, { thing, group, isMember }: { thing: string; group: string; isMember: boolean }): void {
  const { thingGroups, groupThings } = state.tables
  state.change(() => {
    for (const [table, key] of [[thingGroups, keyOf(thing, group)], [groupThings, keyOf(group, thing)]] as const)
      if (isMember) table.put(key, true)
      else table.delete(key)
    state.thingChanged({ kind: isMember ? 'joined' : 'left', thingName: thing, group })
    certificatesOf(state, thing).forEach(state.certificateChanged)
  })
}

interface Membership {
  readonly thingName?: string | undefined
  readonly thingArn?: string | undefined
  readonly thingGroupName?: string | undefined
  readonly thingGroupArn?: string | undefined
}

function membership(state: RegistryState, { thingName, thingArn, thingGroupName, thingGroupArn }: Membership) {
  const thing = nameOf(state, 'thing', thingName, thingArn)
  const group = nameOf(state, 'thinggroup', thingGroupName, thingGroupArn)
  theThing(state, thing)
  theGroup(state, group)
  return { thing, group }
}

/** «You must specify either a thingGroupArn or a thingGroupName … and either a thingArn or a thingName.» */
function nameOf({ account }: RegistryState, kind: 'thing' | 'thinggroup', name: string | undefined, arn: string | undefined): string {
  if (name !== undefined) return name
  const read = arn === undefined ? undefined : readIotArn(account, arn)
  if (read?.kind !== kind) throw invalidRequest(`Name or ARN of the ${kind === 'thing' ? 'thing' : 'thing group'} is missing or not valid`)
  return read.name
}
