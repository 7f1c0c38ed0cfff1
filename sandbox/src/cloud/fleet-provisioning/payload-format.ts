// sandbox/src/cloud/fleet-provisioning/payload-format.ts: the two formats of the provisioning MQTT API.
import { decode, encode } from 'cborg'
import { isJsonObject, type JsonObject } from './json.ts'
import { Refusal } from './refusal.ts'

export type PayloadFormat = 'json' | 'cbor'

/** An empty message is an empty request (CreateKeysAndCertificate). @throws Refusal InvalidPayload */
export function readPayload(payload: Uint8Array, format: PayloadFormat): JsonObject {
  if (payload.length === 0) return {}
  const value = parse(payload, format)
  if (!isJsonObject(value)) throw new Refusal('InvalidPayload', 'The payload must be an object')
  return value
}

export const writePayload = (value: object, format: PayloadFormat): Uint8Array | string => (format === 'json' ? JSON.stringify(value) : encode(value))

function parse(payload: Uint8Array, format: PayloadFormat): unknown {
  try {
    return format === 'json' ? (JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as unknown) : (decode(payload) as unknown)
  } catch (cause) {
    throw new Refusal('InvalidPayload', `The payload is not valid ${format.toUpperCase()}`, { cause })
  }
}
