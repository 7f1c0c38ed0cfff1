// sandbox/src/cloud/iot-core/shadows/shadow-request.ts: reads an update of a shadow and refuses what AWS refuses (AWS IoT guide, «Device Shadow error messages»).
import { decodeUtf8, depthOf, isObject, parseJson, type Json, type JsonObject } from '../json.ts'

export interface ShadowUpdate {
  /** `null` empties the shadow, a section `null` that section. */
  readonly state: { readonly desired?: JsonObject | null; readonly reported?: JsonObject | null } | null
  readonly clientToken?: string
  /** The update is for this version only. */
  readonly version?: number
}

/** `code` is an HTTP status; over MQTT it goes to `/rejected`. */
export interface ShadowRefusal {
  readonly code: 400 | 404 | 409 | 413 | 415
  readonly message: string
  readonly clientToken?: string
}

export const isRefusal = (result: object): result is ShadowRefusal => 'code' in result && 'message' in result

/** Quotas of the Device Shadow service (AWS General Reference). */
export const SHADOW_BYTES = 8 * 1024
const LEVELS = 8
const TOKEN_BYTES = 64

export function readUpdate(payload: Uint8Array): ShadowUpdate | ShadowRefusal {
  if (decodeUtf8(payload) === undefined) return { code: 415, message: 'Unsupported documented encoding; supported encoding is UTF-8' }
  const document = parseJson(payload)
  if (document === undefined) return { code: 400, message: 'Invalid JSON' }
  if (!isObject(document)) return { code: 400, message: 'Missing required node: state' }
  const token = tokenOf(document)
  const fault = faultOf(document)
  if (fault) return { code: 400, message: fault, ...token }
  const { version } = document
  return { state: sectionsOf(document['state']), ...token, ...(typeof version === 'number' && { version }) }
}

/** The client token of any request that is JSON, to be echoed. */
export function clientTokenOf(payload: Uint8Array): { readonly clientToken?: string } {
  const document = payload.length === 0 ? undefined : parseJson(payload)
  return isObject(document) ? tokenOf(document) : {}
}

function tokenOf({ clientToken }: JsonObject): { readonly clientToken?: string } {
  return typeof clientToken === 'string' && Buffer.byteLength(clientToken) <= TOKEN_BYTES ? { clientToken } : {}
}

function faultOf({ state, clientToken, version }: JsonObject): string | undefined {
  if (state === undefined) return 'Missing required node: state'
  if (clientToken !== undefined && (typeof clientToken !== 'string' || Buffer.byteLength(clientToken) > TOKEN_BYTES)) return 'Invalid clientToken'
  if (version !== undefined && !(typeof version === 'number' && Number.isInteger(version) && version >= 0)) return 'Invalid version'
  if (state === null) return undefined
  if (!isObject(state)) return 'State node must be an object'
  return faultOfState(state)
}

function faultOfState(state: JsonObject): string | undefined {
  const stranger = Object.keys(state).find((name) => name !== 'desired' && name !== 'reported')
  if (stranger !== undefined) return `State contains an invalid node: '${stranger}'`
  const { desired, reported } = state
  if (desired !== undefined && desired !== null && !isObject(desired)) return 'Desired node must be an object'
  if (reported !== undefined && reported !== null && !isObject(reported)) return 'Reported node must be an object'
  if (Math.max(depthOf(desired), depthOf(reported)) > LEVELS) return `JSON contains too many levels of nesting; maximum is ${LEVELS}`
  return hasNullInArray(state) ? 'State contains an invalid node' : undefined
}

/** «Arrays can't have null values.» */
function hasNullInArray(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value) && value.includes(null)) return true
  return Object.values(value).some(hasNullInArray)
}

/** Only called after `faultOfState` found nothing wrong. */
function sectionsOf(state: Json | undefined): ShadowUpdate['state'] {
  if (!isObject(state)) return null
  const { desired, reported } = state
  return {
    ...(desired !== undefined && { desired: isObject(desired) ? desired : null }),
    ...(reported !== undefined && { reported: isObject(reported) ? reported : null }),
  }
}
