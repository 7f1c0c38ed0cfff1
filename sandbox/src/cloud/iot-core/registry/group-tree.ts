// sandbox/src/cloud/iot-core/registry/group-tree.ts: the hierarchy of thing groups, up and down.
import { partsOf, prefixOf } from '../../store/store.ts'
import { found } from './errors.ts'
import type { RegistryState, ThingGroupRecord } from './registry-state.ts'

/** @throws AwsError ResourceNotFoundException */
export const theGroup = ({ tables }: RegistryState, name: string): ThingGroupRecord => found(tables.groups.get(name), `Thing group ${name}`)

/** Its parent, the parent's parent and so on: the root comes last. */
export function ancestorsOf({ tables }: RegistryState, name: string): string[] {
  const ancestors: string[] = []
  for (let parent = tables.groups.get(name)?.parent; parent !== undefined; parent = tables.groups.get(parent)?.parent) ancestors.push(parent)
  return ancestors
}

export const rootOf = (state: RegistryState, name: string): string => ancestorsOf(state, name).at(-1) ?? name

export const childrenOf = ({ tables }: RegistryState, name: string): string[] => tables.childGroups.all(prefixOf(name)).map(([key]) => partsOf(key)[1] ?? '')

/** All groups below this one, without it. */
export const descendantsOf = (state: RegistryState, name: string): string[] => childrenOf(state, name).flatMap((child) => [child, ...descendantsOf(state, child)])

/** Names of the groups that the thing is a direct member of. */
export const groupsOfThing = ({ tables }: RegistryState, thingName: string): string[] => tables.thingGroups.all(prefixOf(thingName)).map(([key]) => partsOf(key)[1] ?? '')

/** Names of the things in this group and in those below it, each once, sorted. */
export function thingsBelow(state: RegistryState, name: string): string[] {
  const groups = [name, ...descendantsOf(state, name)]
  return [...new Set(groups.flatMap((group) => directThingsOf(state, group)))].sort()
}

export const directThingsOf = ({ tables }: RegistryState, group: string): string[] => tables.groupThings.all(prefixOf(group)).map(([key]) => partsOf(key)[1] ?? '')
