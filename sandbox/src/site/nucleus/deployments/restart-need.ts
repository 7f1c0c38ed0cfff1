// sandbox/src/site/nucleus/deployments/restart-need.ts: whether a deployment must restart the nucleus: for bootstrap steps, or for settings that it reads only at its start.
import { isDeepStrictEqual } from 'node:util'
import type { ConfigStore } from '../config/config-store.ts'
import { NUCLEUS } from '../config/device-configuration.ts'
import { booleanOf, isJsonObject, member, stringsOf, textOf, type JsonObject, type JsonValue } from '../json.ts'
import { inOrder } from '../lifecycle/dependency-order.ts'
import { parseDependency } from '../lifecycle/service.ts'
import { lifecycleOf } from '../lifecycle/step.ts'
import type { Services } from '../lifecycle/services.ts'
import type { ServicesConfig } from './service-resolution.ts'

export interface RestartNeed {
  readonly isNeeded: boolean
  /** Components whose bootstrap step runs, each after those that it depends on. */
  readonly bootstrap: readonly string[]
}

export function restartNeed(wanted: ServicesConfig, config: ConfigStore, services: Services): RestartNeed {
  const pending = Object.keys(wanted).filter((name) => needsBootstrap(wanted[name] ?? {}, config.plain('services', name), services.find(name)?.isBuiltin === true))
  const neededOf = (name: string) => stringsOf(wanted[name]?.dependencies).map((text) => parseDependency(text)[0]).filter((each) => pending.includes(each))
  const bootstrap = inOrder(pending, neededOf)
  return { isNeeded: bootstrap.length > 0 || changesStartSettings(wanted, config), bootstrap }
}

/** New, or of another version, or with another bootstrap step. */
function needsBootstrap(wanted: JsonObject, running: JsonObject, isBuiltin: boolean): boolean {
  const step = member(lifecycleOf(wanted), 'bootstrap')
  if (isBuiltin || step === undefined || step === null) return false
  return running.version !== wanted.version || !isDeepStrictEqual(asText(step), asText(member(lifecycleOf(running), 'bootstrap')))
}

/** Values are compared as text, since the configuration may have made numbers of them. */
function asText(step: JsonValue | undefined): unknown {
  if (!isJsonObject(step)) return textOf(step)
  return Object.fromEntries(Object.entries(step).map(([name, value]) => [name.toLowerCase(), textOf(value)]).sort())
}

function changesStartSettings(wanted: ServicesConfig, config: ConfigStore): boolean {
  const next = wanted[NUCLEUS]?.configuration
  const current = config.plain('services', NUCLEUS, 'configuration')
  return !isDeepStrictEqual(startSettings(isJsonObject(next) ? next : {}), startSettings(current))
}

function startSettings(configuration: JsonObject): readonly string[] {
  const at = (...path: string[]) => {
    let value: JsonValue | undefined = configuration
    for (const name of path) value = isJsonObject(value) ? member(value, name) : undefined
    return value
  }
  const text = (path: readonly string[], otherwise = '') => textOf(at(...path)) || otherwise
  return [
    text(['mqtt', 'version'], 'mqtt5').toLowerCase(),
    text(['mqtt', 'spooler', 'storageType'], 'Memory').toLowerCase(),
    text(['runWithDefault', 'posixUser']),
    text(['runWithDefault', 'posixShell'], 'sh'),
    ...['url', 'username', 'password'].map((name) => text(['networkProxy', 'proxy', name])),
    text(['networkProxy', 'noProxyAddresses']),
    String(booleanOf(at('fipsMode'))),
  ]
}
