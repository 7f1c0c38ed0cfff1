// sandbox/src/cloud/iot-core/jobs/execution-operations.ts: IoT's control plane for job executions (AWS IoT API reference).
import type { JobExecutionSummary } from '@aws-sdk/client-iot'
import { arn, type Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import { partsOf, prefixOf } from '../../store/store.ts'
import { found, versionConflict } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import { executionData } from './device-documents.ts'
import { ended } from './device-update.ts'
import { invalidStateTransition } from './job-errors.ts'
import type { JobLifecycle } from './job-lifecycle.ts'
import { executionNumbered, latestExecution, type JobTables } from './job-tables.ts'
import { hasEnded, type JobExecution } from './jobs.ts'

export interface ExecutionOperationsOptions {
  readonly account: Account
  readonly clock: Clock
  readonly tables: JobTables
  readonly lifecycle: JobLifecycle
}

export function executionOperations({ account, clock, tables, lifecycle }: ExecutionOperationsOptions) {
  const theExecution = ({ jobId = '', thingName = '', executionNumber }: Which): JobExecution => {
    const execution = executionNumber === undefined ? latestExecution(tables, jobId, thingName) : executionNumbered(tables, { jobId, thingName, executionNumber })
    return found(execution, `Execution of job ${jobId} for ${thingName}`)
  }
  return {
    DescribeJobExecution(input) {
      const execution = theExecution(input)
      const { jobId, thingName, status, statusDetails: detailsMap, forceCanceled, versionNumber } = execution
      const { approximateSecondsBeforeTimedOut } = executionData(execution, { now: clock.now() })
      return { execution: { jobId, thingArn: arn('iot', account, `thing/${thingName}`), ...summary(execution), status, statusDetails: { detailsMap: { ...detailsMap } }, forceCanceled, versionNumber, approximateSecondsBeforeTimedOut } }
    },
    ListJobExecutionsForJob({ jobId = '', status, maxResults, nextToken }) {
      found(tables.jobs.get(jobId), `Job ${jobId}`)
      const { items, next } = listed(tables.executions, { prefix: prefixOf(jobId), token: nextToken, size: maxResults, ...(status !== undefined && { keep: (_key, execution) => execution.status === status }) })
      return { executionSummaries: items.map(([, execution]) => ({ thingArn: arn('iot', account, `thing/${execution.thingName}`), jobExecutionSummary: summary(execution) })), nextToken: next }
    },
    ListJobExecutionsForThing({ thingName = '', status, namespaceId, jobId, maxResults, nextToken }) {
      const executionAt = (key: string) => latestExecution(tables, partsOf(key)[1] ?? '', thingName)
      const matches = (key: string) => {
        const execution = executionAt(key)
        return execution !== undefined && (status === undefined || execution.status === status) && (jobId === undefined || execution.jobId === jobId) && (namespaceId === undefined || tables.jobs.get(execution.jobId)?.namespaceId === namespaceId)
      }
      const { items, next } = listed(tables.jobsOfThings, { prefix: prefixOf(thingName), token: nextToken, size: maxResults, keep: matches })
      return { executionSummaries: items.flatMap(([key]) => summaryForThing(executionAt(key))), nextToken: next }
    },
    CancelJobExecution(input) {
      const { force = false, expectedVersion, statusDetails } = input
      const execution = theExecution(input)
      if (expectedVersion !== undefined && expectedVersion !== execution.versionNumber) throw versionConflict(`The execution has version ${execution.versionNumber}, not ${expectedVersion}.`)
      if (execution.status !== 'QUEUED' && !(force && execution.status === 'IN_PROGRESS')) throw invalidStateTransition(`The execution is ${execution.status}; ${force ? 'it has ended' : 'without force only a queued one can be canceled'}.`)
      lifecycle.changeExecution(execution, ended(execution, 'CANCELED', { now: clock.now(), force, ...(statusDetails && { statusDetails: { ...execution.statusDetails, ...statusDetails } }) }))
      return {}
    },
    DeleteJobExecution(input) {
      const execution = theExecution(input)
      if (!hasEnded(execution) && !(input.force && execution.status === 'IN_PROGRESS')) throw invalidStateTransition(`The execution is ${execution.status}; only one that has ended can be deleted, or with force one IN_PROGRESS.`)
      lifecycle.changeExecution(execution, undefined)
      return {}
    },
  } satisfies Partial<IotOperations>
}

interface Which {
  readonly jobId?: string | undefined
  readonly thingName?: string | undefined
  readonly executionNumber?: number | undefined
}

/** The first run is number 1 and no retry. */
const summary = ({ status, queuedAt, startedAt, lastUpdatedAt, executionNumber }: JobExecution): JobExecutionSummary => ({ status, queuedAt, startedAt, lastUpdatedAt, executionNumber, retryAttempt: executionNumber - 1 })
const summaryForThing = (execution: JobExecution | undefined) => (execution ? [{ jobId: execution.jobId, jobExecutionSummary: summary(execution) }] : [])
