// sandbox/src/cloud/iot-core/jobs/device-update.ts: what a device may say of its execution, and what comes of it. Pure.
import { isObject, type JsonObject } from '../json.ts'
import { hasEnded, type ExecutionStatus, type Job, type JobExecution } from './jobs.ts'

/** The codes of the jobs service (AWS IoT guide, «ErrorResponse»). */
export type JobErrorCode = 'InvalidJson' | 'InvalidTopic' | 'InvalidRequest' | 'InvalidStateTransition' | 'ResourceNotFound' | 'VersionMismatch' | 'TerminalStateReached'

export interface JobError {
  readonly code: JobErrorCode
  readonly message: string
  /** Told with InvalidStateTransition and VersionMismatch, so that the device need not ask. */
  readonly executionState?: JsonObject
}

export const isJobError = (result: object | undefined): result is JobError => result !== undefined && 'code' in result && 'message' in result

export interface DeviceUpdate {
  readonly status: DeviceStatus
  readonly statusDetails?: Readonly<Record<string, string>>
  readonly expectedVersion?: number
  readonly executionNumber?: number
  readonly stepTimeoutInMinutes?: number
  readonly includeJobExecutionState?: boolean
  readonly includeJobDocument?: boolean
}

const DEVICE_STATUSES = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED'] as const
export type DeviceStatus = (typeof DEVICE_STATUSES)[number]
/** API reference, «UpdateJobExecution»: pairs, and characters of a value. */
const MOST_DETAILS = 10
const DETAIL_CHARACTERS = 1024
const STEP_MINUTES = { least: 1, most: 10_080 }
/** Discards the step timer that was set before. */
const NO_STEP_TIMER = -1

export function readUpdate(request: JsonObject): DeviceUpdate | JobError {
  const { status, expectedVersion, executionNumber, includeJobExecutionState, includeJobDocument } = request
  const known = DEVICE_STATUSES.find((one) => one === status)
  if (!known) return invalid(`status must be one of ${DEVICE_STATUSES.join(', ')}`)
  const version = numberOf(expectedVersion)
  if (expectedVersion !== undefined && version === undefined) return invalid('expectedVersion must be a number')
  const details = readDetails(request)
  if (isJobError(details)) return details
  return {
    status: known,
    ...details,
    ...(version !== undefined && { expectedVersion: version }),
    ...(typeof executionNumber === 'number' && { executionNumber }),
    includeJobExecutionState: includeJobExecutionState === true,
    includeJobDocument: includeJobDocument === true,
  }
}

/** What `start-next` and `update` have in common. */
export function readDetails({ statusDetails, stepTimeoutInMinutes }: JsonObject): Pick<DeviceUpdate, 'statusDetails' | 'stepTimeoutInMinutes'> | JobError {
  if (statusDetails !== undefined && statusDetails !== null) {
    const values = isObject(statusDetails) ? Object.values(statusDetails) : [undefined]
    if (!values.every((value) => typeof value === 'string')) return invalid('statusDetails must be a map of strings')
    if (values.length > MOST_DETAILS) return invalid(`statusDetails has at most ${MOST_DETAILS} pairs`)
    if (values.some((value) => value.length > DETAIL_CHARACTERS)) return invalid(`a value of statusDetails has at most ${DETAIL_CHARACTERS} characters`)
  }
  const minutes = stepTimeoutInMinutes ?? undefined
  const isFine = minutes === undefined || minutes === NO_STEP_TIMER || (typeof minutes === 'number' && minutes >= STEP_MINUTES.least && minutes <= STEP_MINUTES.most)
  if (!isFine) return invalid(`stepTimeoutInMinutes must be from ${STEP_MINUTES.least} to ${STEP_MINUTES.most}`)
  return {
    ...(isObject(statusDetails) && { statusDetails: statusDetails as Record<string, string> }), // each value was looked at above
    ...(typeof minutes === 'number' && { stepTimeoutInMinutes: minutes }),
  }
}

/** @returns the execution as it is after the update */
export function update(execution: JobExecution, asked: DeviceUpdate, { job, now }: { readonly job: Job; readonly now: Date }): JobExecution | JobError {
  if (asked.expectedVersion !== undefined && asked.expectedVersion !== execution.versionNumber) {
    return { code: 'VersionMismatch', message: `the execution has version ${execution.versionNumber}, not ${asked.expectedVersion}`, executionState: stateOf(execution) }
  }
  if (hasEnded(execution)) {
    return { code: 'InvalidStateTransition', message: `the execution is ${execution.status} and cannot become ${asked.status}`, executionState: stateOf(execution) }
  }
  return changed(execution, asked, { job, now })
}

function changed(execution: JobExecution, { status, statusDetails = execution.statusDetails, stepTimeoutInMinutes }: DeviceUpdate, { job, now }: { readonly job: Job; readonly now: Date }): JobExecution {
  const { timesOutAt, stepTimesOutAt, ...kept } = execution
  const next = { ...kept, status, statusDetails, versionNumber: execution.versionNumber + 1, lastUpdatedAt: now, startedAt: execution.startedAt ?? now }
  if (status !== 'IN_PROGRESS') return next
  const inProgressMinutes = job.timeout?.inProgressTimeoutInMinutes
  const whole = timesOutAt ?? (inProgressMinutes === undefined ? undefined : afterMinutes(now, inProgressMinutes))
  const step = stepTimeoutInMinutes === undefined ? stepTimesOutAt : stepTimeoutInMinutes === NO_STEP_TIMER ? undefined : afterMinutes(now, stepTimeoutInMinutes)
  return { ...next, ...(whole && { timesOutAt: whole }), ...(step && { stepTimesOutAt: step }) }
}

/** A change that the service itself makes: cancelled, removed, timed out. */
export function ended(execution: JobExecution, status: ExecutionStatus, { now, force = false, statusDetails = execution.statusDetails }: { readonly now: Date; readonly force?: boolean; readonly statusDetails?: Readonly<Record<string, string>> }): JobExecution {
  const { timesOutAt: _whole, stepTimesOutAt: _step, ...kept } = execution
  return { ...kept, status, statusDetails, versionNumber: execution.versionNumber + 1, lastUpdatedAt: now, ...(force && { forceCanceled: true }) }
}

/** When it times out if nothing more is heard. */
export function deadlineOf({ timesOutAt, stepTimesOutAt }: JobExecution): Date | undefined {
  if (!timesOutAt || !stepTimesOutAt) return timesOutAt ?? stepTimesOutAt
  return timesOutAt < stepTimesOutAt ? timesOutAt : stepTimesOutAt
}

export const stateOf = ({ status, statusDetails, versionNumber }: JobExecution): JsonObject => ({ status, statusDetails: { ...statusDetails }, versionNumber })

const invalid = (message: string): JobError => ({ code: 'InvalidRequest', message })
const afterMinutes = (now: Date, minutes: number) => new Date(now.getTime() + minutes * 60_000)

/** AWS's own examples write versions as numbers and as text. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined
}
