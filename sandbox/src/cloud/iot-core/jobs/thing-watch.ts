// sandbox/src/cloud/iot-core/jobs/thing-watch.ts: continuous jobs follow their groups, and no job waits for a thing that is gone.
import type { Clock } from '../../clock.ts'
import type { DeviceRegistry, ThingChange } from '../../ports.ts'
import { partsOf, prefixOf } from '../../store/store.ts'
import { ended } from './device-update.ts'
import type { JobLifecycle } from './job-lifecycle.ts'
import { pendingAnywhere, type JobTables } from './job-tables.ts'
import type { JobTargets } from './job-targets.ts'
import type { Job, JobExecution } from './jobs.ts'

export interface WatchOptions {
  readonly clock: Clock
  readonly registry: DeviceRegistry
  readonly tables: JobTables
  readonly targets: JobTargets
  readonly lifecycle: JobLifecycle
}

/** AWS IoT guide, «Job and job execution states»: REMOVED when a thing leaves the group of a continuous job, or is deleted. */
export function watchThings(options: WatchOptions): void {
  const { registry, lifecycle } = options
  registry.onThingChange((change) => {
    if (change.kind === 'joined') for (const job of jobsFollowing(options, change.group)) lifecycle.enlist(job, [change.thingName])
    else remove(options, change)
  })
}

function jobsFollowing({ tables, registry, targets }: WatchOptions, group: string): readonly Job[] {
  const arns = [group, ...registry.ancestorsOf(group)].map((name) => targets.arnOf({ kind: 'thinggroup', name }))
  const ids = arns.flatMap((target) => tables.followers.all(prefixOf(target)).map(([key]) => partsOf(key)[1] ?? ''))
  return [...new Set(ids)].flatMap((jobId) => tables.jobs.get(jobId) ?? [])
}

function remove({ tables, targets, clock, lifecycle }: WatchOptions, change: Exclude<ThingChange, { kind: 'joined' }>): void {
  const isGone = ({ jobId, thingName }: JobExecution) => {
    if (change.kind === 'deleted') return true
    const job = tables.jobs.get(jobId)
    return job?.targetSelection === 'CONTINUOUS' && !targets.include(job.targets, thingName)
  }
  for (const execution of pendingAnywhere(tables, change.thingName)) {
    if (isGone(execution)) lifecycle.changeExecution(execution, ended(execution, 'REMOVED', { now: clock.now() }))
  }
}
