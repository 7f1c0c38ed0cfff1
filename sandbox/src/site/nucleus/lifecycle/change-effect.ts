// sandbox/src/site/nucleus/lifecycle/change-effect.ts: what a change of a component's configuration asks of the component.
import type { ConfigPath } from '../config/config-tree.ts'

export type ChangeEffect = 'none' | 'reinstall' | 'restart'

/**
 * @param path of the change, below the component
 *
 * As the nucleus, this looks for the names anywhere in the path, so that a configuration key called `version` reinstalls too.
 */
export function effectOfChange(path: ConfigPath): ChangeEffect {
  const names = new Set(path.map((name) => name.toLowerCase()))
  if (names.has('shutdown')) return 'none'
  if (names.has('install') || names.has('version') || (names.has('runwith') && !names.has('systemresourcelimits'))) return 'reinstall'
  if (names.has('lifecycle') || names.has('setenv')) return 'restart'
  return 'none'
}
