// sandbox/src/site/nucleus/status/report-queue.ts: reports of changed states go out one by one with time between them; all others at once, and they outdate what waits.
import type { JsonObject } from '../json.ts'
import type { StatusMessage } from './fleet-status-message.ts'

export interface ReportQueue {
  readonly offer: (message: StatusMessage, components: readonly JsonObject[]) => void
  /** Forgets what waits. */
  readonly stop: () => void
}

export interface ReportQueueOptions {
  readonly spacingMs: number
  readonly now: () => number
  readonly publish: (message: StatusMessage, components: readonly JsonObject[]) => void
}

/**
 * Waits are whole seconds, and the time of a message that waited is that of its turn, as in the nucleus (FleetStatusService.publishMessage). There a report that
 * waits is sent as it was written: after a release was taken back fast, a core may say ERRORED of what runs again, until its next report. Here it says
 * nothing of components that a newer report has told of.
 */
export function reportQueue({ spacingMs, now, publish }: ReportQueueOptions): ReportQueue {
  const waiting = new Map<NodeJS.Timeout, { components: readonly JsonObject[] }>()
  let nextAt = 0

  function outdate(newer: readonly JsonObject[]): void {
    const names = new Set(newer.map(({ componentName }) => componentName))
    for (const report of waiting.values()) report.components = report.components.filter(({ componentName }) => !names.has(componentName))
  }
  function wait(message: StatusMessage, components: readonly JsonObject[], delayMs: number): void {
    const report = { components }
    const timer = setTimeout(() => {
      waiting.delete(timer)
      if (report.components.length > 0) publish(message, report.components)
    }, delayMs)
    waiting.set(timer, report)
  }
  return {
    offer(message, components) {
      const at = Math.max(now(), nextAt)
      nextAt = at + spacingMs
      const delayMs = Math.floor((at - now()) / 1000) * 1000
      if (delayMs > 0 && message.trigger === 'COMPONENT_STATUS_CHANGE') return wait({ ...message, timestamp: at }, components, delayMs)
      outdate(components)
      publish(message, components)
    },
    stop() {
      for (const timer of waiting.keys()) clearTimeout(timer)
      waiting.clear()
    },
  }
}
