// sandbox/src/cloud/cloud-control/model-check.ts: checks a resource's properties against its type, in CloudFormation's words.
import type { z } from 'zod'
import { AwsError } from '../aws-error.ts'
import type { AnyResourceType } from './resource-type.ts'

/** @throws AwsError ValidationException naming every fault */
export function checkedModel(type: AnyResourceType, properties: unknown): Record<string, unknown> {
  const checked = type.schema.safeParse(properties)
  if (checked.success) return checked.data // schemas of types are objects
  throw validation(`Model validation failed (${checked.error.issues.flatMap((issue) => faults(issue, properties)).join('\n')})`)
}

export const validation = (message: string) => new AwsError('ValidationException', message, { status: 400 }) // of the front end: not in Cloud Control's model

type Issue = z.core.$ZodIssue

const KEYWORDS: Readonly<Record<string, string>> = { array: 'Items', string: 'Length', number: 'imum' }

function faults(issue: Issue, root: unknown): readonly string[] {
  const at = pointer(issue.path)
  const isMissing = issue.code !== 'unrecognized_keys' && issue.path.length > 0 && valueAt(root, issue.path) === undefined
  if (isMissing) return [`${pointer(issue.path.slice(0, -1))}: required key [${String(issue.path.at(-1))}] not found`]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `${at}: extraneous key [${key}] is not permitted`)
    case 'invalid_key':
      return [`${pointer(issue.path.slice(0, -1))}: extraneous key [${String(issue.path.at(-1))}] is not permitted`]
    case 'invalid_type':
      return [`${at}: expected type: ${spelledType(issue.expected)}, found: ${typeOf(valueAt(root, issue.path))}`]
    case 'too_small':
      return [`${at}: failed validation constraint for keyword [min${KEYWORDS[issue.origin] ?? 'imum'}]`]
    case 'too_big':
      return [`${at}: failed validation constraint for keyword [max${KEYWORDS[issue.origin] ?? 'imum'}]`]
    case 'invalid_value':
      return [`${at}: ${JSON.stringify(valueAt(root, issue.path))} is not a valid enum value`]
    case 'invalid_format':
      return [`${at}: failed validation constraint for keyword [pattern]`]
    case 'invalid_union':
      return [
        `${at}: expected type: ${
          issue.errors
            .flat()
            .flatMap((inner) => (inner.code === 'invalid_type' ? [spelledType(inner.expected)] : []))
            .join(' or ') || 'one of the alternatives'
        }, found: ${typeOf(valueAt(root, issue.path))}`,
      ]
    default:
      return [`${at}: ${issue.message}`]
  }
}

const pointer = (path: readonly PropertyKey[]) => ['#', ...path.map(String)].join('/')

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[name] : undefined), root)

/** The names of JSON types as the Java validator behind CloudFormation has them. */
const TYPES: Readonly<Record<string, string>> = {
  object: 'JSONObject',
  record: 'JSONObject',
  array: 'JSONArray',
  string: 'String',
  boolean: 'Boolean',
  number: 'Number',
  int: 'Integer',
}
const spelledType = (type: string) => TYPES[type] ?? type

function typeOf(value: unknown): string {
  if (value === null) return 'Null'
  if (Array.isArray(value)) return 'JSONArray'
  return Number.isInteger(value) ? 'Integer' : spelledType(typeof value)
}
