// sandbox/src/cloud/cloud-control/identifier.ts: primary identifiers: one value, several joined by `|`, or a JSON object.
import { validation } from './model-check.ts'
import type { AnyResourceType, Identifier } from './resource-type.ts'

export const printIdentifier = (identifier: Identifier): string => identifier.join('|')

/** Cloud Control user guide, «Identifying resources». @throws AwsError ValidationException */
export function readIdentifier(type: AnyResourceType, given: string | undefined): Identifier {
  const names: readonly string[] = type.identifier
  const values = given?.startsWith('{') ? fromJson(given, names) : (given ?? '').split('|')
  if (values?.length === names.length && values.every((value) => value !== '')) return values
  const expected = names.map((name) => `/properties/${name}`).join(', ')
  if (given?.startsWith('{')) throw validation(`When specifying the identifier as JSON, you must specify exactly one identifier from [[${expected}]], and no additional properties can be specified`)
  throw validation(`Identifier ${given ?? ''} is not valid for identifier [${expected}]`)
}

function fromJson(given: string, names: readonly string[]): Identifier | undefined {
  try {
    const json = JSON.parse(given) as Record<string, unknown>
    return Object.keys(json).length === names.length && names.every((name) => typeof json[name] === 'string') ? names.map((name) => String(json[name])) : undefined
  } catch {
    return undefined // told as an identifier that does not fit
  }
}
