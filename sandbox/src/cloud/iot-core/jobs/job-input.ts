// sandbox/src/cloud/iot-core/jobs/job-input.ts: reads and checks what an operator gives for a job (AWS IoT API reference, «CreateJob»).
import type { AbortConfig, CreateJobRequest, ExponentialRolloutRate, JobExecutionsRetryConfig, UpdateJobRequest } from '@aws-sdk/client-iot'
import { atLeast, atMost, matching, notLongerThan, notShorterThan, oneOf, violations, type Check } from '../../constraint.ts'
import type { ObjectStore } from '../../ports.ts'
import { decodeUtf8, isObject, parseJson } from '../json.ts'
import { invalidRequest } from '../registry/errors.ts'
import type { JsonObject, NewJob } from './jobs.ts'

/** AWS General Reference, job quotas. */
const DOCUMENT_BYTES = 32 * 1024
const MOST_TARGETS = 100

export function readNewJob(input: CreateJobRequest, objects: ObjectStore): NewJob {
  refuseUnoffered(input)
  checkConfigurations(input)
  return {
    jobId: input.jobId ?? '',
    targets: input.targets ?? [],
    document: readDocument(input, objects),
    ...given({ targetSelection: input.targetSelection, namespaceId: input.namespaceId, documentSource: input.documentSource }),
    ...readChanges(input),
  }
}

/** What UpdateJob may change, too. */
export const readChanges = ({ description, jobExecutionsRolloutConfig: rollout, abortConfig: abort, timeoutConfig: timeout, jobExecutionsRetryConfig: retry }: UpdateJobRequest) => given({ description, rollout, abort, timeout, retry })

/** Loud, so that nobody waits for what will not come. */
export function refuseUnoffered(input: Partial<CreateJobRequest>): void {
  const unoffered = ['jobTemplateArn', 'schedulingConfig', 'presignedUrlConfig', 'documentParameters', 'destinationPackageVersions'] as const
  const asked = unoffered.find((member) => input[member] !== undefined)
  if (asked !== undefined) throw invalidRequest(`This sandbox does not offer ${asked} of jobs; give document or documentSource.`)
}

export function checkConfigurations({ jobId, targets, targetSelection, namespaceId, description, jobExecutionsRolloutConfig, abortConfig, timeoutConfig, jobExecutionsRetryConfig }: Partial<CreateJobRequest>): void {
  const { maximumPerMinute, exponentialRate } = jobExecutionsRolloutConfig ?? {}
  const message = violations(
    ['jobId', jobId, notShorterThan(1), notLongerThan(64), matching(/^[a-zA-Z0-9_-]+$/)],
    ['targets', targets, notShorterThan(1), notLongerThan(MOST_TARGETS)],
    ['targetSelection', targetSelection, oneOf('CONTINUOUS', 'SNAPSHOT')],
    ['namespaceId', namespaceId, matching(/^[a-zA-Z0-9_-]+$/)],
    ['description', description, notLongerThan(2028)],
    ['jobExecutionsRolloutConfig.maximumPerMinute', maximumPerMinute, atLeast(1), atMost(1000)],
    ...(exponentialRate ? checksOfRate(exponentialRate) : []),
    ...(abortConfig ? checksOfAbort(abortConfig) : []),
    ['timeoutConfig.inProgressTimeoutInMinutes', timeoutConfig?.inProgressTimeoutInMinutes, atLeast(1), atMost(10_080)],
    ...(jobExecutionsRetryConfig ? checksOfRetry(jobExecutionsRetryConfig) : []),
  )
  if (message !== undefined) throw invalidRequest(message)
}

const RATE = 'jobExecutionsRolloutConfig.exponentialRate'

function checksOfRate({ baseRatePerMinute, incrementFactor, rateIncreaseCriteria }: ExponentialRolloutRate): Check[] {
  const { numberOfNotifiedThings, numberOfSucceededThings } = rateIncreaseCriteria ?? {}
  if ((numberOfNotifiedThings === undefined) === (numberOfSucceededThings === undefined)) throw invalidRequest(`${RATE}.rateIncreaseCriteria has either numberOfNotifiedThings or numberOfSucceededThings`)
  return [
    [`${RATE}.baseRatePerMinute`, baseRatePerMinute, atLeast(1), atMost(1000)],
    [`${RATE}.incrementFactor`, incrementFactor, atLeast(1.1), atMost(5)],
    [`${RATE}.rateIncreaseCriteria.numberOfNotifiedThings`, numberOfNotifiedThings, atLeast(1)],
    [`${RATE}.rateIncreaseCriteria.numberOfSucceededThings`, numberOfSucceededThings, atLeast(1)],
  ]
}

function checksOfAbort({ criteriaList = [] }: AbortConfig): Check[] {
  const each = criteriaList.flatMap(({ failureType, action, thresholdPercentage, minNumberOfExecutedThings }, i): Check[] => [
    [`abortConfig.criteriaList.${i + 1}.member.failureType`, failureType, oneOf('FAILED', 'REJECTED', 'TIMED_OUT', 'ALL')],
    [`abortConfig.criteriaList.${i + 1}.member.action`, action, oneOf('CANCEL')],
    [`abortConfig.criteriaList.${i + 1}.member.thresholdPercentage`, thresholdPercentage, atLeast(0), atMost(100)],
    [`abortConfig.criteriaList.${i + 1}.member.minNumberOfExecutedThings`, minNumberOfExecutedThings, atLeast(1)],
  ])
  return [['abortConfig.criteriaList', criteriaList, notShorterThan(1)], ...each]
}

function checksOfRetry({ criteriaList = [] }: JobExecutionsRetryConfig): Check[] {
  const each = criteriaList.flatMap(({ failureType, numberOfRetries }, i): Check[] => [
    [`jobExecutionsRetryConfig.criteriaList.${i + 1}.member.failureType`, failureType, oneOf('FAILED', 'TIMED_OUT', 'ALL')],
    [`jobExecutionsRetryConfig.criteriaList.${i + 1}.member.numberOfRetries`, numberOfRetries, atLeast(0), atMost(10)],
  ])
  return [['jobExecutionsRetryConfig.criteriaList', criteriaList, notShorterThan(1), notLongerThan(2)], ...each]
}

function readDocument({ document, documentSource }: CreateJobRequest, objects: ObjectStore): JsonObject {
  if ((document === undefined) === (documentSource === undefined)) throw invalidRequest('A job has either document or documentSource.')
  const bytes = document === undefined ? fetched(documentSource ?? '', objects) : Buffer.from(document)
  if (bytes.length > DOCUMENT_BYTES) throw invalidRequest(`The job document has ${bytes.length} bytes; at most ${DOCUMENT_BYTES} are allowed.`)
  const parsed = decodeUtf8(bytes) === undefined ? undefined : parseJson(bytes)
  if (!isObject(parsed)) throw invalidRequest('The job document is no JSON object in UTF-8.')
  return parsed
}

/** `https://<bucket>.s3.<region>.amazonaws.com/<key>`, or the bucket as first part of the path (Amazon S3 guide, «Virtual hosting of buckets»). */
function fetched(source: string, objects: ObjectStore): Uint8Array {
  const url = URL.parse(source)
  const [, bucketOfHost] = /^(.+?)\.s3[.-]/.exec(url?.hostname ?? '') ?? []
  const path = decodeURIComponent(url?.pathname.slice(1) ?? '')
  const bucket = bucketOfHost ?? path.split('/', 1)[0] ?? ''
  const key = bucketOfHost === undefined ? path.slice(bucket.length + 1) : path
  const body = objects.get(bucket, key)
  if (!body) throw invalidRequest(`There is no object ${key} in the bucket ${bucket} (${source}).`)
  return body
}

/** Without the members that are undefined. */
const given = <T extends object>(members: T) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> } // the same members, fewer
