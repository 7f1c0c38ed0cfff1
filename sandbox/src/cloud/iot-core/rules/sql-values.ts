// sandbox/src/cloud/iot-core/rules/sql-values.ts: values of rule SQL and how one type becomes another (AWS IoT guide, «Data types»). Numbers have double precision, not AWS's 34 digits.
import { isObject, type Json, type JsonObject } from '../json.ts'

/** `undefined` is SQL's Undefined; bytes are a payload that is no JSON. */
export type SqlValue = Json | undefined | Uint8Array

export const isJson = (value: SqlValue): value is Json => value !== undefined && !(value instanceof Uint8Array)
export const isArray = (value: SqlValue): value is readonly Json[] => Array.isArray(value)
export const isSqlObject = (value: SqlValue): value is JsonObject => isObject(value) && !(value instanceof Uint8Array)

/** AWS's pattern for texts that are numbers. */
const DECIMAL = /^-?\d+(?:\.\d+)?(?:E-?\d+)?$/i

export function toDecimal(value: SqlValue): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined
}

/** Decimals are rounded, texts are cut. */
export function toInt(value: SqlValue): number | undefined {
  const number = toDecimal(value)
  return number === undefined ? undefined : typeof value === 'string' ? Math.trunc(number) : Math.round(number)
}

export function toBoolean(value: SqlValue): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : undefined
  return text === 'true' ? true : text === 'false' ? false : undefined
}

export function toText(value: SqlValue): string | undefined {
  if (!isJson(value) || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** `cast(value AS type)`: as above, and numbers to and from booleans. */
export function castTo(type: string, value: SqlValue): SqlValue {
  return CASTS[type]?.(value)
}

const castToDecimal = (value: SqlValue) => (typeof value === 'boolean' ? Number(value) : toDecimal(value))
const castToInt = (value: SqlValue) => {
  const number = castToDecimal(value)
  return number === undefined ? undefined : Math.floor(number)
}
const castToBoolean = (value: SqlValue) => (typeof value === 'number' ? value !== 0 : toBoolean(value))

const CASTS: Readonly<Record<string, (value: SqlValue) => SqlValue>> = {
  ...Object.fromEntries(['string', 'nvarchar', 'text', 'ntext', 'varchar'].map((type) => [type, toText])),
  ...{ int: castToInt, integer: castToInt, double: castToDecimal, decimal: castToDecimal, bool: castToBoolean, boolean: castToBoolean },
}

export const isCastType = (type: string): boolean => Object.hasOwn(CASTS, type)
