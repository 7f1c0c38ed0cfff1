// sandbox/src/cloud/iot-core/jobs/job-grants.ts: which IAM action on which resources an operation on jobs needs (Service Authorization Reference, «AWS IoT»).
import { arn, type Account } from '../../account.ts'
import type { Grant, Service } from '../../service.ts'

interface Named {
  readonly jobId?: string
  readonly thingName?: string
  readonly targets?: readonly string[]
}

const OPERATIONS = {
  job: ['DescribeJob', 'GetJobDocument', 'UpdateJob', 'CancelJob', 'DeleteJob', 'ListJobExecutionsForJob'],
  jobAndTargets: ['CreateJob', 'AssociateTargetsWithJob'],
  jobAndThing: ['DescribeJobExecution', 'CancelJobExecution', 'DeleteJobExecution'],
  thing: ['ListJobExecutionsForThing'],
} as const

const jobOf = ({ jobId = '' }: Named, account: Account) => [arn('iot', account, `job/${jobId}`)]
const thingOf = ({ thingName = '' }: Named, account: Account) => [arn('iot', account, `thing/${thingName}`)]

const RESOURCES: Readonly<Record<keyof typeof OPERATIONS, (input: Named, account: Account) => readonly string[]>> = {
  job: jobOf,
  jobAndTargets: (input, account) => [...jobOf(input, account), ...(input.targets ?? [])],
  jobAndThing: (input, account) => [...jobOf(input, account), ...thingOf(input, account)],
  thing: thingOf,
}

/** ListJobs is on everything. */
export const JOB_GRANTS: NonNullable<Service['grants']> = Object.fromEntries(
  Object.entries(OPERATIONS).flatMap(([kind, operations]) =>
    operations.map((operation) => [operation, (input: Named, account: Account): Grant => ({ action: `iot:${operation}`, resources: RESOURCES[kind as keyof typeof OPERATIONS](input, account) })]), // entries of that very object
  ),
)
