// sandbox/src/site/nucleus/ipc/configuration-judges.ts: components that want to judge their next configuration before a deployment applies it.
import type { JsonObject } from '../json.ts'

export interface Verdict {
  readonly isAccepted: boolean
  readonly message: string
}

export interface ConfigurationJudges {
  /** Answers a function that takes the judge away. */
  readonly add: (component: string, judge: (deploymentId: string, configuration: JsonObject) => void) => () => void
  /** Asks; undefined when the component does not judge. The promise may never settle: the caller sets a limit and calls `forget`. */
  readonly ask: (component: string, deploymentId: string, configuration: JsonObject) => Promise<Verdict> | undefined
  /** A verdict came; false when nobody has asked for it. */
  readonly judged: (component: string, deploymentId: string, verdict: Verdict) => boolean
  readonly forget: (component: string, deploymentId: string) => void
}

export function configurationJudges(): ConfigurationJudges {
  const judges = new Map<string, (deploymentId: string, configuration: JsonObject) => void>()
  const pending = new Map<string, (verdict: Verdict) => void>()
  const key = (component: string, deploymentId: string) => `${component}\n${deploymentId}`
  return {
    add(component, judge) {
      if (!judges.has(component)) judges.set(component, judge) // the first of a component's streams is asked
      return () => judges.get(component) === judge && judges.delete(component)
    },
    ask(component, deploymentId, configuration) {
      const judge = judges.get(component)
      if (judge === undefined) return undefined
      const verdict = new Promise<Verdict>((resolve) => pending.set(key(component, deploymentId), resolve))
      judge(deploymentId, configuration)
      return verdict
    },
    judged(component, deploymentId, verdict) {
      const settle = pending.get(key(component, deploymentId))
      settle?.(verdict)
      return pending.delete(key(component, deploymentId))
    },
    forget: (component, deploymentId) => void pending.delete(key(component, deploymentId)),
  }
}
