// sandbox/src/cloud/dynamodb/attribute-values.ts: DynamoDB's typed values, between JSON, the SDK's bytes and the engine's base64.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** Bytes are base64 within the engine, and dates are seconds since 1970. */
export function toEngine(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(toEngine)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, NUMBERS.has(key) ? plain(inner) : toEngine(inner)]])))
}

const NUMBERS = new Set(['N', 'NS'])

/** `1.50` is the number `1.5`: the engine compares numbers for equality as text. Anything else, such as an attribute that is called N, is as ever. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'string' || !/^-?\d+(\.\d*)?$/.test(value)) return toEngine(value)
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(value) ?? []
  const digits = fraction === '' ? whole : `${whole}.${fraction}`
  return digits === '0' ? '0' : sign + digits
}

/** What the engine answers: values of the types B and BS become bytes again. */
export function fromEngine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromEngine)
  if (typeof value !== 'object' || value === null) return value
  const [[type, inner] = ['', undefined], ...others] = Object.entries(value)
  if (others.length === 0 && type === 'B' && typeof inner === 'string') return { B: Buffer.from(inner, 'base64') }
  if (others.length === 0 && type === 'BS' && Array.isArray(inner)) return { BS: inner.map((text) => Buffer.from(String(text), 'base64')) }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, TIMES.has(key) && typeof member === 'number' ? new Date(member * 1000) : fromEngine(member)]))
}

/** Of descriptions of tables; attributes of an item are objects, never plain numbers. */
const TIMES = new Set(['CreationDateTime', 'LastUpdateToPayPerRequestDateTime', 'LastIncreaseDateTime', 'LastDecreaseDateTime'])

/** A JSON value as DynamoDB types it (AWS IoT guide, «DynamoDBv2»: each attribute in the payload is a column). */
export function attributeValue(value: unknown): AttributeValue {
  if (value === null || value === undefined) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(attributeValue) }
  return { M: attributeMap(value) }
}

export const attributeMap = (object: object): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, attributeValue(value)]])))
