// ops/src/stack/property-names.ts: property names between the SDK's camelCase and CloudFormation's PascalCase, as the aws-native provider does it.
import { isList, isRecord, type Properties, type Value } from './properties.ts'
import type { ResourceType } from './resource-types.ts'

/** What goes to Cloud Control. */
export const toCloudFormation = (type: ResourceType, properties: Properties): Properties => {
  const names = type.names ?? {}
  return convert(type, properties, (name) => names[name] ?? name.charAt(0).toUpperCase() + name.slice(1))
}

/** What came from Cloud Control. */
export const fromCloudFormation = (type: ResourceType, properties: Properties): Properties => {
  const names = new Map(Object.entries(type.names ?? {}).map(([sdk, cloudFormation]) => [cloudFormation, sdk]))
  return convert(type, properties, (name) => names.get(name) ?? sdkName(name))
}

/** `SSEAlgorithm` → `sseAlgorithm`: an acronym is one word; its last capital begins the next word, unless the name ends there or it is a plural («ARNs»). */
export function sdkName(name: string): string {
  const words = name.replace(/[A-Z0-9]{2,}/g, (run, at: number) => {
    const isWhole = /^(s?[A-Z0-9]|s?$)/.test(name.slice(at + run.length))
    const end = isWhole ? run.length : run.length - 1
    return run.charAt(0) + run.slice(1, end).toLowerCase() + run.slice(end)
  })
  return words.charAt(0).toLowerCase() + words.slice(1)
}

/** Renames the keys of every record except of documents and maps, whose keys are data. Paths are followed in the SDK's spelling. */
function convert(type: ResourceType, properties: Properties, rename: (name: string) => string): Properties {
  const documents = new Set(type.documents)
  const maps = new Set(type.maps)
  const sdkSpelling = (name: string) => (/^[a-z]/.test(name) ? name : rename(name))
  const value = (each: Value, path: string): Value => {
    if (documents.has(path)) return each
    if (isList(each)) return each.map((element) => value(element, join(path, '*')))
    return isRecord(each) ? record(each, path) : each
  }
  const record = (each: Properties, path: string): Properties =>
    Object.fromEntries(
      Object.entries(each).map(([key, member]) => (maps.has(path) ? [key, value(member, join(path, '*'))] : [rename(key), value(member, join(path, sdkSpelling(key)))])),
    )
  return record(properties, '')
}

const join = (path: string, step: string) => (path === '' ? step : `${path}.${step}`)
