// sandbox/src/site/nucleus/deployments/configuration-resolution.ts: the configuration that a component gets: what it has, without what is reset, with defaults, with what is merged.
import type { Log } from '@fleet/log'
import { copyOf, emptyBranch, mergeMap, plain, removeNode, type ConfigNode } from '../config/config-tree.ts'
import { merging } from '../config/merge-behaviour.ts'
import type { JsonObject } from '../json.ts'
import { isIndex, pathOf } from './json-pointer.ts'
import type { ComponentUpdate } from './document.ts'

export interface ConfigurationSources {
  /** As it is now; undefined for a component that is new. */
  readonly running: ConfigNode | undefined
  readonly defaults: JsonObject
  readonly update: Pick<ComponentUpdate, 'merge' | 'reset'> | undefined
  /** Time of what is merged: what a component has set itself later stays. */
  readonly at: number
}

const DEFAULT_AT = 1 // before everything that is set, so that defaults fill only gaps

/** @throws Error for what is no JSON pointer */
export function resolvedConfiguration({ running, defaults, update, at }: ConfigurationSources, log: Log): JsonObject {
  let configuration = running?.kind === 'branch' ? copyOf(running) : emptyBranch('configuration')
  for (const pointer of update?.reset ?? []) {
    const path = pathOf(pointer)
    if (path.length === 0) {
      configuration = emptyBranch('configuration')
      break // nothing is left to be reset
    }
    if (path.some(isIndex)) log.error('Failed to reset because provided pointer for reset points to an element of array', { jsonPointer: pointer })
    else removeNode(configuration, path, at, [])
  }
  mergeMap(configuration, [], { map: defaults, behaviour: merging(DEFAULT_AT) }, [])
  if (update?.merge !== undefined) mergeMap(configuration, [], { map: update.merge, behaviour: merging(at) }, [])
  return plain(configuration)
}
