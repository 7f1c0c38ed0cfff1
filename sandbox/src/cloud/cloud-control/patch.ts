// sandbox/src/cloud/cloud-control/patch.ts: applies an UpdateResource patch (RFC 6902) to a resource's properties, and finds what may not be changed.
import { isDeepStrictEqual } from 'node:util'
import { applyPatch } from 'rfc6902'
import { z } from 'zod'
import { AwsError } from '../aws-error.ts'
import { validation } from './model-check.ts'
import type { AnyResourceType } from './resource-type.ts'

const path = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'is no JSON pointer')
const PatchDocument = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('add'), path, value: z.unknown().refine((value) => value !== undefined, 'is required') }),
    z.object({ op: z.literal('replace'), path, value: z.unknown().refine((value) => value !== undefined, 'is required') }),
    z.object({ op: z.literal('test'), path, value: z.unknown().refine((value) => value !== undefined, 'is required') }),
    z.object({ op: z.literal('remove'), path }),
    z.object({ op: z.literal('move'), path, from: path }),
    z.object({ op: z.literal('copy'), path, from: path }),
  ]),
)

/** Cloud Control user guide, «Composing the patch document»: applied in order, all or none. @throws AwsError ValidationException */
export function patched(properties: Record<string, unknown>, patchDocument: string): unknown {
  const operations = read(patchDocument)
  const holder = { properties: structuredClone(properties) } // a patch of the root replaces what its holder holds
  const inHolder = operations.map((operation) => ({ ...operation, path: `/properties${operation.path}`, ...('from' in operation ? { from: `/properties${operation.from}` } : {}) }))
  const failed = applyPatch(holder, inHolder).findIndex((error) => error !== null) // checked to be operations
  const operation = operations[failed]
  if (operation) throw validation(`Invalid patch update: operation ${failed + 1} (${operation.op} ${operation.path}) does not apply to the current state of the resource`)
  return holder.properties
}

function read(patchDocument: string): z.infer<typeof PatchDocument> {
  let json: unknown
  try {
    json = JSON.parse(patchDocument)
  } catch {
    throw validation('Invalid patch document: it is not JSON')
  }
  const checked = PatchDocument.safeParse(json)
  if (checked.success) return checked.data
  throw validation(`Invalid patch document: ${checked.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`).join('; ')}`)
}

/** @throws AwsError NotUpdatableException when the change touches what can only be given at creation, or only be read */
export function refuseFixed(type: AnyResourceType, before: Record<string, unknown>, after: Record<string, unknown>): void {
  const changed = (names: readonly string[]) => names.filter((name) => !isDeepStrictEqual(at(before, name), at(after, name))).map((name) => `/properties/${name}`)
  const readOnly = changed(type.readOnly)
  if (readOnly.length > 0) throw new AwsError('NotUpdatableException', `Invalid patch update: readOnlyProperties [${readOnly.join(', ')}] cannot be updated`)
  const createOnly = changed(type.createOnly)
  if (createOnly.length > 0) throw new AwsError('NotUpdatableException', `Invalid patch update: createOnlyProperties [${createOnly.join(', ')}] cannot be updated`)
}

const at = (properties: Record<string, unknown>, name: string): unknown =>
  name.split('/').reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined), properties)

/** Without the properties that are never shown. */
export function shown(type: AnyResourceType, model: Record<string, unknown>): Record<string, unknown> {
  const copy = structuredClone(model)
  for (const name of type.writeOnly) {
    const parts = name.split('/')
    const holder = parts.length === 1 ? copy : at(copy, parts.slice(0, -1).join('/'))
    const last = parts.at(-1)
    if (typeof holder === 'object' && holder && last !== undefined) Reflect.deleteProperty(holder, last)
  }
  return copy
}
