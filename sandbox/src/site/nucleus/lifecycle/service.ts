// sandbox/src/site/nucleus/lifecycle/service.ts: what the nucleus runs: a component, or a part of itself that is listed like one.
import type { Lifecycle } from './lifecycle.ts'
import type { State } from './state.ts'

export type DependencyType = 'HARD' | 'SOFT'

export interface Service {
  readonly name: string
  /** Part of the nucleus: deployments do not touch it. */
  readonly isBuiltin: boolean
  readonly lifecycle: Lifecycle
  readonly dependencies: ReadonlyMap<Service, DependencyType>
  /** As of its last configuration, also when that is gone. */
  readonly version: () => string | null
  /** Runs the bootstrap step; its exit code, 0 when there is none. */
  readonly bootstrap?: () => Promise<number>
  /** Holds its processes, or lets them go on; for components that run. */
  readonly hold?: (held: boolean) => void
  readonly isHeld?: boolean
  /** Stops its processes without asking its shutdown step. */
  readonly forceStop?: () => Promise<void>
  /** To rest, after those that depend on it. */
  readonly close: () => Promise<void>
}

export type StateListener = (service: Service, from: State, to: State) => void

/** `name:HARD`; the type may be cut short, none is HARD. @throws Error */
export function parseDependency(text: string): readonly [name: string, type: DependencyType] {
  const [name, type = '', ...more] = text.split(':')
  if (name === undefined || name === '' || more.length > 0) throw new Error(`Bad dependency syntax: ${text}`)
  const found = (['HARD', 'SOFT'] as const).find((each) => each.startsWith(type.toUpperCase()))
  if (found === undefined) throw new Error(`${type} does not match any Service dependency type`)
  return [name, found]
}
