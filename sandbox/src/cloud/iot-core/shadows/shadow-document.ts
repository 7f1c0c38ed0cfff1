// sandbox/src/cloud/iot-core/shadows/shadow-document.ts: what a shadow is and how an update changes it (AWS IoT guide, «Device Shadow service documents»).
import { isObject, isSame, type Json, type JsonObject } from '../json.ts'
import type { ShadowUpdate } from './shadow-request.ts'

export type ShadowSections = { readonly desired?: JsonObject; readonly reported?: JsonObject }

export type Shadow = {
  readonly state: ShadowSections
  /** `{"timestamp": seconds}` for each value of the state. */
  readonly metadata: ShadowSections
  readonly version: number
}

/** What an accepted update leads to: the new shadow and what is told about it. */
export interface Outcome {
  readonly shadow: Shadow
  /** Goes to `/update/accepted` and to the caller by HTTP. */
  readonly accepted: JsonObject
  /** Goes to `/update/delta`; undefined when desired and reported agree. */
  readonly delta: JsonObject | undefined
  /** Goes to `/update/documents`. */
  readonly documents: JsonObject
}

const SECTIONS = ['desired', 'reported'] as const

/** `last` is the shadow, or what is remembered of a deleted one: its version goes on. */
export function update(last: Shadow | undefined, request: ShadowUpdate, nowSeconds: number): Outcome {
  const previous = last ?? NOTHING
  const shadow: Shadow = {
    state: mergeSections(previous.state, request.state, (section, change) => mergeState(section, change)),
    metadata: mergeSections(previous.metadata, request.state, (section, change) => mergeMetadata(section, change, nowSeconds)),
    version: previous.version + 1,
  }
  const envelope = { timestamp: nowSeconds, ...(request.clientToken !== undefined && { clientToken: request.clientToken }) }
  const difference = deltaOf(shadow)
  return {
    shadow,
    accepted: { state: { ...request.state }, metadata: metadataOfRequest(request.state, nowSeconds), version: shadow.version, ...envelope },
    delta: difference && { version: shadow.version, ...difference, ...envelope },
    documents: { previous, current: shadow, ...envelope },
  }
}

/** The whole document, as GET gives it. */
export function documentOf(shadow: Shadow, nowSeconds: number): JsonObject {
  const delta = deltaOf(shadow)
  return {
    state: { ...shadow.state, ...(delta && { delta: delta.state }) },
    metadata: { ...shadow.metadata, ...(delta && { delta: delta.metadata }) },
    version: shadow.version,
    timestamp: nowSeconds,
  }
}

const NOTHING: Shadow = { state: {}, metadata: {}, version: 0 }

/** A section that becomes null or empty is left away. */
function mergeSections(before: ShadowSections, change: ShadowUpdate['state'], merge: (section: JsonObject, change: JsonObject) => JsonObject): ShadowSections {
  const sections: { desired?: JsonObject; reported?: JsonObject } = {}
  for (const name of SECTIONS) {
    const asked = change?.[name]
    const merged = change === null || asked === null ? undefined : asked === undefined ? before[name] : merge(before[name] ?? {}, asked)
    if (merged && Object.keys(merged).length > 0) sections[name] = merged
  }
  return sections
}

/** Null deletes, objects merge, everything else replaces. */
function mergeState(before: JsonObject, change: JsonObject): JsonObject {
  const merged = new Map(Object.entries(before)) // no assignment by name: a member may be called __proto__
  for (const [name, value] of Object.entries(change)) {
    const old = merged.get(name)
    if (value === null || value === undefined) merged.delete(name)
    else merged.set(name, isObject(value) ? mergeState(isObject(old) ? old : {}, value) : value)
  }
  return Object.fromEntries(merged)
}

function mergeMetadata(before: JsonObject, change: JsonObject, nowSeconds: number): JsonObject {
  const merged = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(change)) {
    const old = merged.get(name)
    if (value === null || value === undefined) merged.delete(name)
    else merged.set(name, isObject(value) ? mergeMetadata(isObject(old) && !isStamp(old) ? old : {}, value, nowSeconds) : stamp(value, nowSeconds))
  }
  return Object.fromEntries(merged)
}

/** The metadata of a scalar, not of an object that has a member `timestamp` (whose own metadata is an object). */
const isStamp = ({ timestamp }: JsonObject) => typeof timestamp === 'number'

/** Elements of an array are stamped one by one. */
function stamp(value: Json, timestamp: number): Json {
  if (Array.isArray(value)) return value.map((element: Json) => stamp(element, timestamp))
  return isObject(value) ? mergeMetadata({}, value, timestamp) : { timestamp }
}

function metadataOfRequest(state: ShadowUpdate['state'], nowSeconds: number): JsonObject {
  const stamped = SECTIONS.flatMap((name) => {
    const section = state?.[name]
    return section ? [[name, mergeMetadata({}, section, nowSeconds)] as const] : []
  })
  return Object.fromEntries(stamped)
}

/** What is desired and not reported, with the metadata of the desired values («Delta state»). */
function deltaOf({ state, metadata }: Shadow): { readonly state: JsonObject; readonly metadata: JsonObject } | undefined {
  if (!state.desired) return undefined
  const difference = differing(state.desired, state.reported ?? {}, metadata.desired ?? {})
  return Object.keys(difference.state).length > 0 ? difference : undefined
}

function differing(desired: JsonObject, reported: JsonObject, metadata: JsonObject): { state: JsonObject; metadata: JsonObject } {
  const found: { state: Record<string, Json | undefined>; metadata: Record<string, Json | undefined> } = { state: {}, metadata: {} }
  for (const [name, wanted] of Object.entries(desired)) {
    const actual = reported[name]
    if (isSame(wanted, actual)) continue
    const stamps = metadata[name]
    const inner = isObject(wanted) && isObject(actual) && isObject(stamps) ? differing(wanted, actual, stamps) : { state: wanted, metadata: stamps }
    if (isObject(inner.state) && isObject(wanted) && isObject(actual) && Object.keys(inner.state).length === 0) continue // only reported has more
    found.state[name] = inner.state
    found.metadata[name] = inner.metadata
  }
  return found
}
