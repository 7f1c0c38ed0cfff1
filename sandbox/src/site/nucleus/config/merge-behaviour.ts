// sandbox/src/site/nucleus/config/merge-behaviour.ts: how a new map meets the configuration that is there: level by level merged or replaced.

export interface MergeBehaviour {
  /** What happens to children that the new map does not name: `merge` keeps them, `replace` removes them. */
  readonly unnamed: 'merge' | 'replace'
  /** Timestamp of the new values, in milliseconds. A value with a later one stays. */
  readonly at: number
  /** Other behaviour for single children, and for any child that is not named here. */
  readonly children?: Readonly<Record<string, MergeBehaviour>>
  readonly anyChild?: MergeBehaviour
}

export const merging = (at: number): MergeBehaviour => ({ unnamed: 'merge', at })
export const replacing = (at: number): MergeBehaviour => ({ unnamed: 'replace', at })

export function childBehaviour({ unnamed, at, children, anyChild }: MergeBehaviour, name: string): MergeBehaviour {
  return children?.[name] ?? anyChild ?? { unnamed, at }
}

/**
 * What a deployment may change: everything below a service but what it keeps for itself (`runtime`, `_private`); services that the new
 * map does not name go, but `kept` (those inside the nucleus). `configurationAt` is the deployment's own time.
 */
export function deploymentBehaviour(now: number, configurationAt: number, kept: readonly string[]): MergeBehaviour {
  const service: MergeBehaviour = {
    ...replacing(now),
    children: { runtime: merging(now), _private: merging(now), configuration: replacing(configurationAt) },
  }
  const services: MergeBehaviour = { ...merging(now), anyChild: service, children: Object.fromEntries(kept.map((name) => [name, merging(now)])) }
  return { ...merging(now), children: { services } }
}
