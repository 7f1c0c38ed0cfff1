// sandbox/src/cloud/wire/input-check.ts: checks a decoded input against its shape, since the SDK's codecs let anything through.
import type { NormalizedSchema } from '@smithy/core/schema'
import { requiredCount } from './model.ts'

export interface InputFaults {
  /** What is not of its type: the service could not have read it at all. The first only. */
  readonly mistyped: string | undefined
  /** Paths of required members that are absent, in AWS's spelling: `tags.1.member.key`. */
  readonly missing: readonly string[]
}

export function checkInput(schema: NormalizedSchema, input: unknown): InputFaults {
  const missing: string[] = []
  return { mistyped: check(schema, input, { path: '', missing }), missing }
}

/** `1 validation error detected: Value null at 'thingName' failed to satisfy constraint: Member must not be null` */
export function describeMissing(paths: readonly string[]): string {
  const each = paths.map((path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`)
  return `${paths.length} validation error${paths.length > 1 ? 's' : ''} detected: ${each.join('; ')}`
}

interface Place {
  readonly path: string
  readonly missing: string[]
}

/** @returns what is wrong with the type, if anything */
function check(schema: NormalizedSchema, value: unknown, place: Place): string | undefined {
  if (value === undefined || value === null) return undefined
  if (schema.isStructSchema()) return isRecord(value) ? checkStruct(schema, value, place) : mistake(value, 'a structure', place)
  if (schema.isListSchema()) return Array.isArray(value) ? checkList(schema, value, place) : mistake(value, 'a list', place)
  if (schema.isMapSchema()) return isRecord(value) ? checkMap(schema, value, place) : mistake(value, 'a map', place)
  return checkLeaf(schema, value, place)
}

function checkStruct(schema: NormalizedSchema, value: Readonly<Record<string, unknown>>, { path, missing }: Place): string | undefined {
  const required = requiredCount(schema)
  let position = 0
  for (const [name, member] of schema.structIterator()) {
    const at = { path: path === '' ? name : `${path}.${name}`, missing }
    const given = value[name]
    if (position++ < required && (given === undefined || given === null) && !member.isIdempotencyToken()) missing.push(at.path)
    const fault = check(member, given, at)
    if (fault !== undefined) return fault
  }
  return undefined
}

function checkList(schema: NormalizedSchema, values: readonly unknown[], { path, missing }: Place): string | undefined {
  const member = schema.getValueSchema()
  for (const [index, value] of values.entries()) {
    const fault = check(member, value, { path: `${path}.${index + 1}.member`, missing })
    if (fault !== undefined) return fault
  }
  return undefined
}

function checkMap(schema: NormalizedSchema, values: Readonly<Record<string, unknown>>, { path, missing }: Place): string | undefined {
  const member = schema.getValueSchema()
  for (const [key, value] of Object.entries(values)) {
    const fault = check(member, value, { path: `${path}.${key}`, missing })
    if (fault !== undefined) return fault
  }
  return undefined
}

function checkLeaf(schema: NormalizedSchema, value: unknown, place: Place): string | undefined {
  if (schema.isStringSchema()) return typeof value === 'string' || value instanceof String ? undefined : mistake(value, 'a String', place)
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? undefined : mistake(value, 'a Boolean', place)
  if (schema.isNumericSchema()) return typeof value === 'number' && Number.isFinite(value) ? undefined : mistake(value, 'a Number', place)
  if (schema.isTimestampSchema()) return value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : mistake(value, 'a Timestamp', place)
  if (schema.isBlobSchema()) return value instanceof Uint8Array ? undefined : mistake(value, 'a Blob', place)
  return undefined // documents may be anything; big numbers are read by the codec or refused by it
}

const mistake = (value: unknown, wanted: string, { path }: Place) => `${kindOf(value)} can not be converted to ${wanted} (${path === '' ? 'the request body' : path})`

const kindOf = (value: unknown) => (Array.isArray(value) ? 'LIST_VALUE' : isRecord(value) ? 'STRUCTURE_VALUE' : `${typeof value}_VALUE`.toUpperCase())

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array) && !(value instanceof String)
