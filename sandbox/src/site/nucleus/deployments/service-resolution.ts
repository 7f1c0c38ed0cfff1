// sandbox/src/site/nucleus/deployments/service-resolution.ts: what the `services` of the configuration will be after a deployment.
import type { Log } from '@fleet/log'
import type { Recipe } from '../components/recipe.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { NUCLEUS, type DeviceConfiguration } from '../config/device-configuration.ts'
import { booleanOf, isJsonObject, member, textOf, type JsonObject } from '../json.ts'
import { AUTOSTARTED } from '../lifecycle/builtin.ts'
import { MAIN, type Services } from '../lifecycle/services.ts'
import type { NucleusPaths } from '../paths.ts'
import { resolvedConfiguration } from './configuration-resolution.ts'
import type { ComponentUpdate, DeploymentDocument } from './document.ts'
import { interpolated, type InterpolationScope } from './interpolation.ts'

export interface ResolutionOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly services: Services
  readonly paths: NucleusPaths
  readonly log: Log
}

export interface Wanted {
  readonly document: DeploymentDocument
  /** All components of all groups, with what they depend on. */
  readonly recipes: readonly Recipe[]
  /** Root components of all groups. */
  readonly roots: ReadonlySet<string>
  readonly configurationAt: number
}

export type ServicesConfig = Readonly<Record<string, JsonObject>>

export function resolveServices({ document, recipes, roots, configurationAt }: Wanted, options: ResolutionOptions): ServicesConfig {
  const resolved = new Map<string, ResolvedService>()
  for (const recipe of recipes) {
    const update = document.components.find(({ name }) => name === recipe.name)
    resolved.set(recipe.name, serviceOf(recipe, update, configurationAt, options))
  }
  fillConfigurations(recipes, resolved, options)
  const services: Record<string, JsonObject> = {}
  for (const recipe of recipes) {
    const { rest, configuration } = resolved.get(recipe.name) ?? { rest: {}, configuration: {} }
    services[recipe.name] = { ...rest, configuration, lifecycle: interpolated(recipe.lifecycle, { ...scopeOf(recipe, resolved, options), withConfiguration: true }) }
  }
  services[NUCLEUS] ??= options.config.plain('services', NUCLEUS)
  services[MAIN] = mainService(roots, options.services)
  return services
}

interface ResolvedService {
  readonly version: string
  readonly configuration: JsonObject
  readonly rest: JsonObject
}

function serviceOf(recipe: Recipe, update: ComponentUpdate | undefined, configurationAt: number, { config, log }: ResolutionOptions): ResolvedService {
  const { name, version, defaultConfiguration: defaults } = recipe
  const configuration = resolvedConfiguration({ running: config.find('services', name, 'configuration'), defaults, update, at: configurationAt }, log)
  const previous = previousVersion(config, recipe)
  const runWith = runWithOf(config, name, update)
  const dependencies = Object.entries(recipe.dependencies).map(([dependency, { type }]) => `${dependency}:${type}`)
  return {
    ...{ version, configuration },
    rest: { componentType: recipe.type, dependencies, version, ...(previous !== undefined && { previousVersion: previous }), ...(runWith !== undefined && { runWith }) },
  }
}

/** Of a component whose version stays, the nucleus notes that version itself. */
function previousVersion(config: ConfigStore, { name, version }: Recipe): string | undefined {
  const running = textOf(config.value('services', name, 'version'))
  if (running === '' || (running === version && config.value('services', name, 'previousVersion') === undefined)) return undefined
  return running
}

/** The deployment decides about root components alone; a user that it does not name is none. */
function runWithOf(config: ConfigStore, name: string, update: ComponentUpdate | undefined): JsonObject | undefined {
  const existing = config.find('services', name, 'runWith')
  const current = config.plain('services', name, 'runWith')
  if (update === undefined) return existing === undefined ? undefined : current
  const { posixUser: _user, windowsUser: _windowsUser, systemResourceLimits: _limits, ...others } = current
  const asked = (key: string) => {
    const value = member(update.runWith, key)
    return value === undefined || value === null || value === '' ? {} : { [key]: value }
  }
  const runWith = { ...others, ...asked('posixUser'), ...asked('windowsUser'), ...asked('systemResourceLimits') }
  return Object.keys(runWith).length === 0 && existing === undefined ? undefined : runWith
}

/** In configurations only when the nucleus is told so, and there nothing of configurations themselves. */
function fillConfigurations(recipes: readonly Recipe[], resolved: Map<string, ResolvedService>, options: ResolutionOptions): void {
  const isWanted = asksForVariables(resolved) ?? options.device.interpolateComponentConfiguration()
  if (!isWanted) return
  for (const recipe of recipes) {
    const service = resolved.get(recipe.name)
    if (service === undefined) continue
    const filled = interpolated(service.configuration, { ...scopeOf(recipe, resolved, options), withConfiguration: false })
    resolved.set(recipe.name, { ...service, configuration: isJsonObject(filled) ? filled : {} })
  }
}

function scopeOf(recipe: Recipe, services: ReadonlyMap<string, ResolvedService>, { device, paths, log }: ResolutionOptions): Omit<InterpolationScope, 'withConfiguration'> {
  return { component: recipe, dependencies: new Set(Object.keys(recipe.dependencies)), services, paths, thingName: device.thingName(), log }
}

/** What this very deployment tells the nucleus. */
function asksForVariables(resolved: ReadonlyMap<string, ResolvedService>): boolean | undefined {
  const asked = resolved.get(NUCLEUS)?.configuration.interpolateComponentConfiguration
  return asked === undefined ? undefined : booleanOf(asked)
}

function mainService(roots: ReadonlySet<string>, services: Services): JsonObject {
  const builtins = [...services.main.dependencies].flatMap(([{ name, isBuiltin }, type]) => (isBuiltin ? [`${name}:${type}`] : []))
  const autostarted = AUTOSTARTED.map((name) => `${name}:HARD`)
  return { dependencies: [...new Set([...roots, ...builtins, ...autostarted, NUCLEUS])] }
}
