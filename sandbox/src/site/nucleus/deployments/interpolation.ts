// sandbox/src/site/nucleus/deployments/interpolation.ts: fills in the variables of a recipe (developer guide, «Recipe variables»).
import type { Log } from '@fleet/log'
import { makeFolder } from '../durable-file.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import type { ComponentId, NucleusPaths } from '../paths.ts'
import { valueAt } from './json-pointer.ts'

export interface InterpolationScope {
  readonly component: ComponentId
  /** Names of those it depends on itself. */
  readonly dependencies: ReadonlySet<string>
  /** All components as the deployment will configure them. */
  readonly services: ReadonlyMap<string, { readonly version: string; readonly configuration: JsonObject }>
  readonly paths: NucleusPaths
  readonly thingName: string
  readonly log: Log
  /** Else `{configuration:…}` stays as it is, which is so in configurations themselves. */
  readonly withConfiguration: boolean
}

// {artifacts:path}, {configuration:/a/b}
const OWN = /\{([.\w-]+):([^:}]*)\}/g
// {com.example.Other:configuration:/a/b}
const OTHERS = /\{([.\w-]+):([.\w-]+):([^:}]*)\}/g

/** Fills in every text in `value`; what cannot be filled in stays as it is. */
export function interpolated(value: JsonValue, scope: InterpolationScope): JsonValue {
  if (typeof value === 'string') return filledIn(value, scope)
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((each) => interpolated(each, scope)) // Array.isArray forgets the type
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, interpolated(each, scope)]))
}

function filledIn(text: string, scope: InterpolationScope): string {
  const own = text.replaceAll(OWN, (placeholder, namespace: string, key: string) => replacement(scope.component, { placeholder, namespace, key }, scope))
  return own.replaceAll(OTHERS, (placeholder, component: string, namespace: string, key: string) => {
    const service = scope.services.get(component)
    if (!scope.dependencies.has(component) || service === undefined) {
      scope.log.error("Failed to interpolate because the target component it's not a direct dependency", { placeholder, component: scope.component.name })
      return placeholder
    }
    return replacement({ name: component, version: service.version }, { placeholder, namespace, key }, scope)
  })
}

interface Variable {
  readonly placeholder: string
  readonly namespace: string
  readonly key: string
}

function replacement(component: ComponentId, { placeholder, namespace, key }: Variable, scope: InterpolationScope): string {
  if (namespace === 'configuration' && scope.withConfiguration) return configurationText(component.name, key, scope) ?? placeholder
  const namespaces = systemParameters(component, scope)
  const parameters = namespaces[namespace]
  if (parameters === undefined) scope.log.error('Failed to interpolate because of unrecognized namespace for interpolation', { placeholder, namespace })
  return parameters?.[key]?.() ?? placeholder
}

function configurationText(component: string, pointer: string, { services, log }: InterpolationScope): string | undefined {
  const value = valueAt(services.get(component)?.configuration ?? {}, pointer)
  if (value === undefined) {
    log.error('Failed to interpolate configuration due to missing value node at given path', { Path: pointer })
    return undefined
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(sorted(value)) : String(value)
}

/** Folders are there when a script gets their names. */
function systemParameters(id: ComponentId, { paths, thingName }: InterpolationScope): Readonly<Record<string, Readonly<Record<string, () => string>>>> {
  const made = (path: string) => {
    makeFolder(path)
    return path
  }
  return {
    artifacts: { path: () => made(paths.artifactsOf(id)), decompressedPath: () => made(paths.unarchivedOf(id)) },
    work: { path: () => made(paths.work(id.name)) },
    kernel: { rootPath: () => paths.root },
    iot: { thingName: () => thingName },
  }
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted) // Array.isArray forgets the type
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, sorted(each)] as const).sort(([one], [other]) => (one < other ? -1 : 1)))
}
