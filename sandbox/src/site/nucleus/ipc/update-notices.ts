// sandbox/src/site/nucleus/ipc/update-notices.ts: components that are told before and after a deployment, and may ask it to wait.

export interface Deferral {
  readonly recheckAfterMs: number
  readonly message: string
}

export interface UpdateNotices {
  /** Answers a function that takes it away. */
  readonly add: (component: string, notice: Notice) => () => void
  readonly isEmpty: boolean
  readonly isSubscribed: (component: string) => boolean
  /** Tells all that the deployment will begin; answers a promise for each of them. Earlier ones that did not answer are forgotten. */
  readonly before: (deploymentId: string, isNucleusRestarting: boolean) => Promise<Deferral>[]
  readonly after: (deploymentId: string) => void
  /** A component's answer; false when it is too late or was never asked. */
  readonly defer: (component: string, deploymentId: string, deferral: Deferral) => boolean
  readonly forget: () => void
}

export interface Notice {
  readonly before: (deploymentId: string, isNucleusRestarting: boolean) => void
  readonly after: (deploymentId: string) => void
}

export function updateNotices(): UpdateNotices {
  const notices = new Map<Notice, string>()
  const pending = new Map<string, (deferral: Deferral) => void>()
  const key = (component: string, deploymentId: string) => `${component}\n${deploymentId}`
  return {
    add(component, notice) {
      notices.set(notice, component)
      return () => void notices.delete(notice)
    },
    get isEmpty() {
      return notices.size === 0
    },
    isSubscribed: (component) => [...notices.values()].includes(component),
    before(deploymentId, isNucleusRestarting) {
      pending.clear()
      return [...notices].map(([notice, component]) => {
        const answer = new Promise<Deferral>((resolve) => pending.set(key(component, deploymentId), resolve))
        notice.before(deploymentId, isNucleusRestarting)
        return answer
      })
    },
    after(deploymentId) {
      for (const notice of notices.keys()) notice.after(deploymentId)
    },
    defer(component, deploymentId, deferral) {
      pending.get(key(component, deploymentId))?.(deferral)
      return pending.delete(key(component, deploymentId))
    },
    forget: () => pending.clear(),
  }
}
