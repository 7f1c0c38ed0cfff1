// sandbox/src/cloud/iot-core/jobs/jobs-data-plane.ts: the service «AWS IoT jobs data plane»: jobs by HTTP, for devices by mutual TLS and for IAM callers.
import type * as sdk from '@aws-sdk/client-iot-jobs-data-plane'
import { arn, type Account } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { Clock } from '../../clock.ts'
import type { Call, Grant, OperationsOf, Service } from '../../service.ts'
import { deviceAuthorisation, type Callers } from '../data-plane/device-authorisation.ts'
import type { Json } from '../json.ts'
import type { IotAction } from '../policy/identity.ts'
import { executionData, executionSummary, LISTED } from './device-documents.ts'
import type { Asker, DescribedExecution, DeviceJobs } from './device-jobs.ts'
import { isJobError, type JobError, type JobErrorCode } from './device-update.ts'
import { NO_NAMESPACE } from './job-tables.ts'
import type { JobExecution } from './jobs.ts'

export interface JobsDataPlaneOptions extends Callers {
  readonly device: DeviceJobs
  readonly clock: Clock
}

export function jobsDataPlane(options: JobsDataPlaneOptions): Service {
  return { model: 'iot-jobs-data-plane', operations: operations(options), grants: GRANTS, certificateCallers: true }
}

function operations({ device, clock, ...callers }: JobsDataPlaneOptions) {
  const authorise = deviceAuthorisation(callers)
  const asker = ({ thingName = '' }: { readonly thingName: string | undefined }, call: Call, action: IotAction): Asker => {
    authorise(call, action, arn('iot', call.account, `thing/${thingName}`))
    return { thingName, namespace: NO_NAMESPACE }
  }
  const described = (found: DescribedExecution | undefined, { withDocument = true } = {}) =>
    found ? { execution: { ...executionData(found.execution, { now: clock.now() }), ...(withDocument && documentText(found)) } } : {}
  return {
    GetPendingJobExecutions(input, call) {
      const pending = device.pending(asker(input, call, 'iot:GetPendingJobExecutions'))
      const of = (status: JobExecution['status']) => pending.filter((execution) => execution.status === status).slice(0, LISTED).map(executionSummary)
      return { inProgressJobs: of('IN_PROGRESS'), queuedJobs: of('QUEUED') }
    },
    DescribeJobExecution(input, call) {
      const { jobId = '', executionNumber, includeJobDocument } = input
      const found = device.describe(asker(input, call, 'iot:DescribeJobExecution'), { jobId, executionNumber })
      return described(done(found), { withDocument: includeJobDocument !== false })
    },
    StartNextPendingJobExecution: (input, call) => described(done(device.startNext(asker(input, call, 'iot:StartNextPendingJobExecution'), asJson(input)))),
    UpdateJobExecution(input, call) {
      const { execution, job, asked } = done(device.update(asker(input, call, 'iot:UpdateJobExecution'), { ...asJson(input), jobId: input.jobId ?? '' }))
      const { status, statusDetails, versionNumber } = execution
      return { ...(asked.includeJobExecutionState && { executionState: { status, statusDetails, versionNumber } }), ...(asked.includeJobDocument && documentText({ job })) }
    },
  } satisfies OperationsOf<typeof sdk>
}

const documentText = ({ job }: Pick<DescribedExecution, 'job'>) => ({ jobDocument: JSON.stringify(job.document) })

/** What the codec read from JSON: strings, numbers, maps. */
const asJson = (input: object) => input as Readonly<Record<string, Json | undefined>>

/** HTTP knows no VersionMismatch (iot-jobs-data API reference, «UpdateJobExecution»). */
const ERRORS: Readonly<Record<JobErrorCode, string>> = {
  InvalidJson: 'InvalidRequestException',
  InvalidTopic: 'InvalidRequestException',
  InvalidRequest: 'InvalidRequestException',
  InvalidStateTransition: 'InvalidStateTransitionException',
  VersionMismatch: 'InvalidStateTransitionException',
  ResourceNotFound: 'ResourceNotFoundException',
  TerminalStateReached: 'TerminalStateException',
}

function done<T extends object | undefined>(result: T | JobError): T {
  if (isJobError(result)) throw new AwsError(ERRORS[result.code], result.message)
  return result
}

const onThing = (action: string) => ({ thingName = '' }: { readonly thingName?: string }, account: Account): Grant => ({ action: `iotjobsdata:${action}`, resources: [arn('iot', account, `thing/${thingName}`)] })

/** Service Authorization Reference, «AWS IoT Jobs DataPlane». */
const GRANTS: NonNullable<Service['grants']> = {
  GetPendingJobExecutions: onThing('GetPendingJobExecutions'),
  DescribeJobExecution: onThing('DescribeJobExecution'),
  StartNextPendingJobExecution: onThing('StartNextPendingJobExecution'),
  UpdateJobExecution: onThing('UpdateJobExecution'),
}
