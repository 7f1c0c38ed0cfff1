// sandbox/src/cloud/iot-core/json.ts: JSON values as devices send them, and how they are read.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @returns the value, or `undefined` for what is no UTF-8 or no JSON (which has no such value). */
export function parseJson(payload: Uint8Array): Json | undefined {
  try {
    return JSON.parse(decodeUtf8(payload) ?? '') as Json // JSON.parse gives nothing else
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** @returns undefined for bytes that are no UTF-8. */
export function decodeUtf8(payload: Uint8Array): string | undefined {
  try {
    return STRICT.decode(payload)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
const STRICT = new TextDecoder('utf-8', { fatal: true })

/** Levels of nesting: 0 for a scalar, 1 for `{"a": 1}`. */
export function depthOf(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

/** Equal as JSON: the order of names does not matter. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false
  const [a, b] = [one as JsonObject, other as JsonObject] // arrays compare by their indices
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => name in b && isSame(a[name], b[name]))
}
