// sandbox/src/site/nucleus/lifecycle/services.ts: all services of the nucleus, made from the configuration, in the order of their dependencies.
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import { stringsOf, textOf } from '../json.ts'
import { effectOfChange } from './change-effect.ts'
import type { ComponentActions } from './component.ts'
import { dependencies, type Dependencies } from './dependencies.ts'
import { orderedByDependency } from './dependency-order.ts'
import { startLifecycle, type Lifecycle } from './lifecycle.ts'
import type { ServiceActions } from './machine.ts'
import { parseDependency, type DependencyType, type Service, type StateListener } from './service.ts'
import { serviceConfig, type ServiceConfig } from './service-config.ts'
import { isClosable } from './state.ts'

export const MAIN = 'main'

export interface Services {
  readonly main: Service
  /** Makes it from its configuration when it is not there yet. @throws Error when nothing is configured by that name */
  readonly locate: (name: string) => Service
  readonly find: (name: string) => Service | undefined
  readonly forget: (name: string) => void
  /** All that `main` needs, and what these need, each after what it depends on; what is in a circle is left out. */
  readonly ordered: () => Service[]
  /** Adds what the nucleus itself always needs to what `main` depends on. */
  readonly addToMain: (name: string) => void
  readonly onStateChange: (listener: StateListener) => void
}

type OwnActions = Omit<ServiceActions, 'dependenciesReady' | 'whenDependenciesReady'>

export interface ServicesOptions {
  readonly config: ConfigStore
  readonly log: Log
  readonly now: () => Date
  readonly componentActions: (name: string, config: ServiceConfig, lifecycle: () => Lifecycle) => ComponentActions
  /** Parts of the nucleus by name. */
  readonly builtins: Readonly<Record<string, (lifecycle: () => Lifecycle) => OwnActions>>
}

interface Entry {
  readonly service: Service
  readonly needs: Dependencies
}

export function openServices(options: ServicesOptions): Services {
  const entries = new Map<string, Entry>()
  const listeners: StateListener[] = []
  const tell: StateListener = (service, from, to) => {
    for (const { service: other, needs } of [...entries.values()]) {
      const isStarted = other.lifecycle.state === 'STARTING' || other.lifecycle.state === 'RUNNING'
      if (needs.heard(service) && isStarted) other.lifecycle.requestRestart()
    }
    for (const listener of listeners) listener(service, from, to)
  }
  const ordered = () => orderedByDependency(reachable(locate(MAIN)))
  const hardDependersOf = (service: Service) => [...entries.values()].flatMap(({ service: other }) => (other.dependencies.get(service) === 'HARD' ? [other] : []))

  function locate(name: string): Service {
    const entry = entries.get(name)
    if (entry !== undefined) return entry.service
    if (options.config.find('services', name) === undefined && options.builtins[name] === undefined) throw new ServiceLoadError(`No matching definition in system model for: ${name}`)
    for (const [needed] of wantedDependencies(options.config, name)) locate(needed) // they are there before who needs them
    return make(name).service
  }
  function make(name: string): Entry {
    const needs = dependencies()
    const own = serviceConfig(options.config, name)
    const log = options.log.with({ serviceName: name })
    const builtin = options.builtins[name]
    const component = builtin === undefined ? options.componentActions(name, own, () => lifecycle) : undefined
    const actions = { ...(component ?? builtin?.(() => lifecycle) ?? neverUsed()), dependenciesReady: needs.areReady, whenDependenciesReady: needs.whenReady }
    const lifecycle: Lifecycle = startLifecycle({ actions, log, now: () => options.now().getTime(), onChange: (from, to) => tell(service, from, to) })
    const service: Service = {
      ...{ name, lifecycle, isBuiltin: builtin !== undefined, dependencies: needs.all },
      version: () => textOf(own.current().version) || (builtin !== undefined && name !== MAIN ? '0.0.0' : null),
      ...(component !== undefined && { bootstrap: component.bootstrap, hold: component.hold, forceStop: component.forceStop }),
      get isHeld() {
        return component?.isHeld === true
      },
      close: () => close(service, own),
    }
    const entry = { service, needs }
    entries.set(name, entry)
    needs.set(resolved(name))
    own.onChange(({ what, path }) => {
      if (path.length === 3 && path[2]?.toLowerCase() === 'dependencies' && what === 'changed') refreshDependencies(entry)
      if (component !== undefined) follow(lifecycle, path.slice(2))
    })
    return entry
  }
  function resolved(name: string): ReadonlyMap<Service, DependencyType> {
    return new Map(wantedDependencies(options.config, name).map(([needed, type]) => [locate(needed), type]))
  }
  function refreshDependencies({ service, needs }: Entry): void {
    const isNew = needs.set(resolved(service.name))
    if (isNew || (!needs.areReady() && service.lifecycle.state !== 'FINISHED')) service.lifecycle.requestRestart()
  }
  /** At rest after all that hardly depends on it. */
  async function close(service: Service, own: ServiceConfig): Promise<void> {
    const dependersRest = async () => {
      const restless = () => hardDependersOf(service).some(({ lifecycle }) => !isClosable(lifecycle.state))
      while (restless()) await new Promise<void>((resolve) => once(listeners, resolve))
    }
    await dependersRest()
    await service.lifecycle.close()
    own.forget()
  }
  return {
    get main() {
      return locate(MAIN)
    },
    locate,
    find: (name) => entries.get(name)?.service,
    forget: (name) => void entries.delete(name),
    ordered,
    addToMain(name) {
      const main = locate(MAIN)
      entries.get(main.name)?.needs.add(locate(name), 'HARD')
    },
    onStateChange: (listener) => void listeners.push(listener),
  }
}

export class ServiceLoadError extends Error {
  override readonly name = 'ServiceLoadException'
}

function follow(lifecycle: Lifecycle, path: readonly string[]): void {
  const effect = effectOfChange(path)
  if (effect === 'reinstall' || (effect === 'restart' && lifecycle.state === 'BROKEN')) lifecycle.requestReinstall()
  else if (effect === 'restart') lifecycle.requestRestart()
}

const wantedDependencies = (config: ConfigStore, name: string) => stringsOf(config.value('services', name, 'dependencies')).map(parseDependency)

function reachable(main: Service, found = new Set<Service>()): Set<Service> {
  found.add(main)
  for (const service of main.dependencies.keys()) if (!found.has(service)) reachable(service, found)
  return found
}

function once(listeners: StateListener[], hear: () => void): void {
  const listener: StateListener = () => {
    listeners.splice(listeners.indexOf(listener), 1)
    hear()
  }
  listeners.push(listener)
}

function neverUsed(): never {
  throw new Error('a service is a component or built in')
}
