// sandbox/src/site/nucleus/ipc/gson.ts: JSON as the nucleus's Gson writes maps that it has parsed: every number is a double, so 1 comes back as 1.0.
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** Marks a value whose numbers shall be written so. */
export class Doubles {
  readonly value: JsonValue

  constructor(value: JsonValue) {
    this.value = value
  }
}

export type GsonValue = JsonValue | Doubles | readonly GsonValue[] | { readonly [name: string]: GsonValue | undefined }

export function gsonText(value: GsonValue, asDoubles = false): string {
  if (value instanceof Doubles) return gsonText(value.value, true)
  if (typeof value === 'number') return asDoubles && Number.isInteger(value) ? `${value}.0` : JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly GsonValue[]).map((item) => gsonText(item, asDoubles)).join(',')}]` // Array.isArray forgets the type
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value as { readonly [name: string]: GsonValue | undefined }) // all else was told apart above
  return `{${members.flatMap(([name, member]) => (member === undefined ? [] : [`${JSON.stringify(name)}:${gsonText(member, asDoubles)}`])).join(',')}}`
}

/** A configuration as GetConfiguration answers it: whole numbers stay whole, but not those in lists. */
export function configurationValue(value: JsonValue): GsonValue {
  if (Array.isArray(value)) return new Doubles(value)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value satisfies JsonObject).map(([name, member]) => [name, configurationValue(member)]))
}
