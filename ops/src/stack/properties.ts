// ops/src/stack/properties.ts: values of resource properties as Pulumi sends them, with its markers for what is secret or not known yet.

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }
export type Properties = { readonly [key: string]: Value }

/** The markers of Pulumi's wire format (pulumi `sdk/nodejs/runtime/rpc.ts`: unknownValue, specialSigKey, specialSecretSig). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'
export const SIGNATURE = '4dabf18193072939515e22adb298388d'
export const SECRET = '1b47061264138c4ac30d75fd1eb44270'

export const isRecord = (value: Value | undefined): value is Properties => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
export const isSecret = (value: Value): value is { readonly value: Value; readonly [SIGNATURE]: Value } => isRecord(value) && value[SIGNATURE] === SECRET && 'value' in value

/** Text of an asset, an archive, a resource reference …: what this engine does not carry. */
export const isForeign = (value: Value): boolean => isRecord(value) && SIGNATURE in value && !isSecret(value)

/** Applies `change` to each value inside, children first. */
export function mapValues(value: Value, change: (value: Value) => Value): Value {
  if (isList(value)) return change(value.map((each) => mapValues(each, change)))
  if (isRecord(value)) return change(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapValues(each, change)])))
  return change(value)
}

/** The same properties with secrets in clear: what is sent to the cloud. */
export const revealed = (properties: Properties): Properties =>
  mapValues(properties, (value) => (isSecret(value) ? value.value : value)) as Properties // a record stays one: it has no signature

/** What a resource shows after `inputs` were written: what the cloud tells, what it cannot tell as it was written, and secrets marked as such, since the cloud tells them in clear. */
export function shown(inputs: Properties, told: Properties): Properties {
  const secret = Object.fromEntries(Object.entries(inputs).filter(([, value]) => hasSecret(value)))
  return { ...inputs, ...told, ...secret }
}

function hasSecret(value: Value): boolean {
  if (isSecret(value)) return true
  if (isList(value)) return value.some(hasSecret)
  return isRecord(value) && Object.values(value).some(hasSecret)
}

/** Without members that are null: Pulumi's providers take null for absent. */
export const withoutNulls = (properties: Properties): Properties =>
  mapValues(properties, (value) => (isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) : value)) as Properties // as above

/** Whether two values say the same; the order of a record's keys does not count. */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((each, i) => isSame(each, b[i]))
  if (!isRecord(a) || !isRecord(b)) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]))
}

/** The values at a property path of Pulumi (`components.*`, `policies[0].policyName`), each with its own path; `*` stands for every key or element. */
export function valuesAt(value: Value | undefined, path: string): ReadonlyMap<string, Value> {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  let found = new Map<string, Value>(value === undefined ? [] : [['', value]])
  for (const step of steps) {
    const next = new Map<string, Value>()
    for (const [at, each] of found) {
      const members = isRecord(each) || isList(each) ? Object.entries(each) : []
      for (const [key, member] of members) if (step === '*' || step === key) next.set(`${at}/${key}`, member)
    }
    found = next
  }
  return found
}
