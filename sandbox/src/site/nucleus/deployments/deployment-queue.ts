// sandbox/src/site/nucleus/deployments/deployment-queue.ts: deployments that wait for their turn, in the order they came; at most one of them by the shadow.
import type { Log } from '@fleet/log'
import type { Deployment } from './deployment.ts'

export interface DeploymentQueue {
  readonly isEmpty: boolean
  /** Answers whether the queue has changed: a duplicate is ignored. */
  readonly offer: (deployment: Deployment) => boolean
  readonly poll: () => Deployment | undefined
  /** Is called after each change by `offer`. */
  readonly onOffer: (listener: () => void) => void
}

export function deploymentQueue(log: Log): DeploymentQueue {
  const waiting = new Map<string, Deployment>()
  const listeners: (() => void)[] = []
  return {
    get isEmpty() {
      return waiting.size === 0
    },
    offer(deployment) {
      const key = deployment.type === 'SHADOW' ? 'SHADOW' : deployment.id
      const there = waiting.get(key)
      if (there !== undefined && !replaces(there, deployment)) {
        log.info('New deployment ignored as duplicate', { DeploymentId: deployment.id })
        return false
      }
      if (there !== undefined) log.info('New deployment replacing enqueued deployment', { DeploymentId: deployment.id, DiscardedDeploymentId: there.id })
      waiting.set(key, deployment) // in the place of the one before
      for (const listener of listeners) listener()
      return true
    },
    poll() {
      const [first] = waiting
      if (first === undefined) return undefined
      waiting.delete(first[0])
      return first[1]
    },
    onOffer: (listener) => void listeners.push(listener),
  }
}

/** One that the nucleus has restarted for is carried on before anything else of its id. */
const replaces = (there: Deployment, next: Deployment) => there.stage === 'DEFAULT' && (next.type === 'SHADOW' || next.isCancellation || next.stage !== 'DEFAULT')
