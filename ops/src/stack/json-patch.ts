// ops/src/stack/json-patch.ts: the JSON Patch (RFC 6902) that turns a resource's recorded inputs into the wanted ones.
import { changedProperties } from './plan.ts'
import { isSame, type Properties, type Value } from './properties.ts'
import { toCloudFormation } from './property-names.ts'
import type { ResourceType } from './resource-types.ts'

export type PatchOperation = { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Value } | { readonly op: 'remove'; readonly path: string }

/** Whole top-level properties: a nested patch would have to know how the cloud orders and completes what it was given. */
export function patch(type: ResourceType, before: Properties, after: Properties): PatchOperation[] {
  const writeOnly = new Set(type.writeOnly)
  const changed = changedProperties(before, after)
  const resent = [...writeOnly].filter((key) => key in after && isSame(before[key], after[key]))
  return [...changed, ...(changed.length > 0 ? resent : [])].sort().map((key) => {
    const [[name, value] = ['', null]] = Object.entries(toCloudFormation(type, { [key]: after[key] ?? null }))
    const path = `/${name}`
    if (!(key in after)) return { op: 'remove', path }
    return { op: key in before && !writeOnly.has(key) ? 'replace' : 'add', path, value }
  })
}
