// sandbox/src/cloud/iot-core/jobs/open-jobs.ts: the jobs service: keeps jobs and executions, and moves them by the cloud's clock.
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { DeviceRegistry, MessageBus } from '../../ports.ts'
import { partsOf, type Store } from '../../store/store.ts'
import { deviceJobs, type DeviceJobs } from './device-jobs.ts'
import { serveJobTopics } from './device-topics.ts'
import { ended } from './device-update.ts'
import { jobAnnouncements } from './job-announcements.ts'
import { jobChanges } from './job-changes.ts'
import { jobLifecycle, type JobLifecycle } from './job-lifecycle.ts'
import { jobTables, latestExecution, latestExecutions, type JobTables } from './job-tables.ts'
import { jobTargets } from './job-targets.ts'
import type { ExecutionChange, Jobs } from './jobs.ts'
import { watchThings } from './thing-watch.ts'

export interface JobsOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly registry: DeviceRegistry
  readonly bus: MessageBus
  readonly log: CloudLog
  readonly isEventEnabled: (type: 'JOB' | 'JOB_EXECUTION') => boolean
}

export interface OpenJobs extends Disposable {
  readonly jobs: Jobs
  /** For the control plane. */
  readonly lifecycle: JobLifecycle
  readonly tables: JobTables
  /** For the data plane. */
  readonly device: DeviceJobs
  /** Does what is due by the cloud's clock: rollouts and timeouts. Runs by itself each second. */
  tick(): void
}

const TICK_MS = 1000

export function openJobs(options: JobsOptions): OpenJobs {
  const { account, store, clock, registry, bus, log } = options
  const tables = jobTables(store)
  const listeners: ((change: ExecutionChange) => void)[] = []
  const announce = jobAnnouncements({ ...options, jobOf: (jobId) => tables.jobs.get(jobId) })
  const change = jobChanges(store, tables, (happened) => {
    announce(happened)
    for (const one of happened.changes) for (const listener of listeners) listener(one)
  })
  const targets = jobTargets({ account, registry })
  const lifecycle = jobLifecycle({ account, clock, registry, tables, targets, change })
  watchThings({ clock, registry, tables, targets, lifecycle })
  const device = deviceJobs({ tables, clock, lifecycle })
  serveJobTopics({ bus, clock, device, log })
  const tick = () => {
    for (const [jobId] of tables.rollouts.all()) lifecycle.advanceRollout(jobId)
    timeOut({ tables, lifecycle, now: clock.now() })
  }
  const timer = setInterval(() => {
    try {
      tick()
    } catch (error) {
      log.error('jobs could not be moved on; tried again in a second', { error })
    }
  }, TICK_MS).unref()
  return {
    jobs: {
      create: lifecycle.create,
      describe: (jobId) => tables.jobs.get(jobId),
      cancel: lifecycle.cancel,
      delete: lifecycle.delete,
      executionsOf: (jobId) => latestExecutions(tables, jobId),
      execution: (jobId, thingName) => latestExecution(tables, jobId, thingName),
      onExecutionChange: (listener) => void listeners.push(listener),
    },
    ...{ lifecycle, tables, device, tick },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function timeOut({ tables, lifecycle, now }: { readonly tables: JobTables; readonly lifecycle: JobLifecycle; readonly now: Date }): void {
  for (const [key] of tables.deadlines.all()) {
    const [time = '', jobId = '', thingName = ''] = partsOf(key)
    if (time > now.toISOString()) return
    const execution = latestExecution(tables, jobId, thingName)
    if (execution?.status === 'IN_PROGRESS') lifecycle.changeExecution(execution, ended(execution, 'TIMED_OUT', { now }))
    else tables.deadlines.delete(key)
  }
}
