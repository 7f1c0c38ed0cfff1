// sandbox/src/site/nucleus/lifecycle/service-config.ts: a component's branch of the configuration, which its uninstall step still needs when it is gone.
import type { ConfigStore } from '../config/config-store.ts'
import type { ConfigChange } from '../config/config-tree.ts'
import type { JsonObject } from '../json.ts'

export interface ServiceConfig {
  /** What is configured now, or was last. */
  readonly current: () => JsonObject
  /** Hears of each change of a value until `forget`; not of the removal of the whole. */
  readonly onChange: (listener: (change: ConfigChange) => void) => void
  readonly forget: () => void
}

export function serviceConfig(config: ConfigStore, name: string): ServiceConfig {
  const path = ['services', name]
  let last = config.plain(...path)
  let isStale = false
  const refresh = () => {
    isStale = false
    if (config.find(...path) !== undefined) last = config.plain(...path)
  }
  const listeners: ((change: ConfigChange) => void)[] = []
  const forget = config.onChange(path, (change) => {
    if (change.what === 'removed' && change.path.length === path.length) return
    if (!isStale) queueMicrotask(refresh) // once for all changes of one update
    isStale = true
    if (change.what === 'timestampUpdated' || change.what === 'interiorAdded') return
    for (const listener of listeners) listener(change)
  })
  return {
    current() {
      if (isStale) refresh()
      return last
    },
    onChange: (listener) => void listeners.push(listener),
    forget,
  }
}
