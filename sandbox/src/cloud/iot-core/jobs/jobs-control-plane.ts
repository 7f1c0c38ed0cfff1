// sandbox/src/cloud/iot-core/jobs/jobs-control-plane.ts: the part of the service «AWS IoT» that manages jobs.
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { ObjectStore } from '../../ports.ts'
import type { Service } from '../../service.ts'
import type { Store } from '../../store/store.ts'
import type { ResourceTags } from '../resource-tags.ts'
import { executionOperations } from './execution-operations.ts'
import { JOB_GRANTS } from './job-grants.ts'
import { jobOperations } from './job-operations.ts'
import type { OpenJobs } from './open-jobs.ts'

export interface JobsControlPlaneOptions {
  readonly account: Account
  readonly clock: Clock
  readonly store: Store
  readonly jobs: Pick<OpenJobs, 'tables' | 'lifecycle'>
  readonly objects: ObjectStore
  readonly tags: ResourceTags
}

export function jobsControlPlane({ account, clock, store, jobs: { tables, lifecycle }, objects, tags }: JobsControlPlaneOptions): Service {
  const operations = { ...jobOperations({ tables, lifecycle, objects, store, tags }), ...executionOperations({ account, clock, tables, lifecycle }) }
  return { model: 'iot', operations, grants: JOB_GRANTS }
}
