// sandbox/src/site/nucleus/deployments/json-pointer.ts: RFC 6901, as deployments and recipe variables name places in a configuration.
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** @throws Error for what is no pointer */
export function pathOf(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new Error(`Invalid input: JSON Pointer expression must start with '/': "${pointer}"`)
  return pointer.slice(1).split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** undefined when there is nothing. */
export function valueAt(document: JsonObject, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = document
  for (const name of pathOf(pointer)) {
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[isIndex(name) ? Number(name) : -1] // Array.isArray forgets the type
    else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}

export const isIndex = (name: string): boolean => /^(0|[1-9]\d*)$/.test(name)
