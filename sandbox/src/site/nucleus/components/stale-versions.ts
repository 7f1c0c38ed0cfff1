// sandbox/src/site/nucleus/components/stale-versions.ts: removes the versions of components that nothing on the device may need again.
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import { textOf } from '../json.ts'
import type { ComponentId } from '../paths.ts'
import type { ComponentStore } from './component-store.ts'

export interface StaleVersionsOptions {
  readonly config: ConfigStore
  readonly store: ComponentStore
  readonly log: Log
  /** Names of all that runs. */
  readonly running: () => readonly string[]
  readonly removeImage: (uri: string) => Promise<void>
}

/**
 * Kept are the version that runs and the one before it; and after a deployment that failed, what it brought.
 * A version that cannot be removed is left: this never fails a deployment.
 */
export async function removeStaleVersions(brought: readonly ComponentId[], options: StaleVersionsOptions): Promise<void> {
  const { config, store, log } = options
  const kept = new Set(brought.map(key))
  for (const name of options.running()) for (const entry of ['version', 'previousVersion']) kept.add(key({ name, version: textOf(config.value('services', name, entry)) }))
  for (const id of store.versions()) {
    if (kept.has(key(id))) continue
    try {
      for (const uri of unusedImages(id, store)) await options.removeImage(uri)
      store.remove(id)
    } catch (error) {
      log.warn('Failed to clean up component', { componentName: id.name, version: id.version, error })
    }
  }
}

function unusedImages(id: ComponentId, store: ComponentStore): string[] {
  const imagesOf = (other: ComponentId) => (store.find(other)?.artifacts ?? []).map(({ uri }) => uri).filter((uri) => uri.toLowerCase().startsWith('docker:'))
  const used = new Set(store.versions().filter((other) => key(other) !== key(id)).flatMap(imagesOf))
  return imagesOf(id).filter((uri) => !used.has(uri))
}

const key = ({ name, version }: ComponentId) => `${name}@${version}`
