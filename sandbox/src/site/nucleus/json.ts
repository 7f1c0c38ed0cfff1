// sandbox/src/site/nucleus/json.ts: JSON values as the configuration and the wire carry them.
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [name: string]: JsonValue
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject => isObject(value)

/** Reads JSON text from the wire; undefined when it is no JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue // JSON.parse returns nothing else
  } catch {
    return undefined
  }
}

/** A member of an object by its name in any case, as Jackson reads recipes and deployment documents. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  if (name in object) return object[name]
  const wanted = name.toLowerCase()
  const found = Object.keys(object).find((key) => key.toLowerCase() === wanted)
  return found === undefined ? undefined : object[found]
}

/** The text of a scalar, as the nucleus turns any configured value into an environment variable; '' for none. */
export function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function numberOf(value: JsonValue | undefined, otherwise: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise
}

export const booleanOf = (value: JsonValue | undefined): boolean => value === true || (typeof value === 'string' && value.toLowerCase() === 'true')

/** The objects of a list; none when it is no list. */
export const objectsOf = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : []) // Array.isArray forgets the type

export const stringsOf = (value: JsonValue | undefined): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [])
