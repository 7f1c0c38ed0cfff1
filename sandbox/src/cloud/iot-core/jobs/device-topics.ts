// sandbox/src/cloud/iot-core/jobs/device-topics.ts: jobs over MQTT (AWS IoT guide, «Jobs device MQTT API»). Only the client that asked gets the answer.
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { DeviceMessage, MessageBus, Reply } from '../../ports.ts'
import { isObject, parseJson, type JsonObject } from '../json.ts'
import { executionSummary, executionWithDocument, executionData, LISTED, seconds } from './device-documents.ts'
import type { Asker, DescribedExecution, DeviceJobs } from './device-jobs.ts'
import { isJobError, stateOf, type JobError } from './device-update.ts'
import type { JobExecution } from './jobs.ts'

export interface TopicOptions {
  readonly bus: MessageBus
  readonly clock: Clock
  readonly device: DeviceJobs
  readonly log: CloudLog
}

const NAMESPACE = 'namespace-'

/** With a namespace: `jobs/<job>/namespace-<id>/update`, `jobs/namespace-<id>/get` (as the Greengrass nucleus and AWS's topics show). */
const FILTERS = ['get', 'start-next', '+/get', '+/update', '+/start-next', '+/+/get', '+/+/update'].map((request) => `$aws/things/+/jobs/${request}`)

export function serveJobTopics(options: TopicOptions): void {
  for (const filter of FILTERS) options.bus.reserve(filter, async (message, reply) => serve(options, message, reply))
}

interface Asked extends Asker {
  readonly jobId: string | undefined
  readonly verb: string
}

async function serve({ clock, device, log }: TopicOptions, { topic, payload, clientId }: DeviceMessage, reply: Reply): Promise<void> {
  const asked = readTopic(topic)
  const request = payload.length === 0 ? {} : parseJson(payload)
  const token = isObject(request) && typeof request['clientToken'] === 'string' ? { clientToken: request['clientToken'] } : {}
  const now = clock.now()
  const answer = isObject(request) ? answerTo(device, { asked, request, now }) : NO_JSON
  const isRefused = isJobError(answer)
  if (isRefused) log.warn('a device’s request about jobs was rejected', { clientId, topic, code: answer.code, reason: answer.message })
  await reply(`${topic}/${isRefused ? 'rejected' : 'accepted'}`, JSON.stringify({ ...token, timestamp: seconds(now), ...answer }))
}

const NO_JSON: JobError = { code: 'InvalidJson', message: 'The request is no JSON object in UTF-8' }

function readTopic(topic: string): Asked {
  const [, , thingName = '', , ...rest] = topic.split('/')
  const verb = rest.at(-1) ?? ''
  const between = rest.slice(0, -1)
  const namespace = between.find((level) => level.startsWith(NAMESPACE))?.slice(NAMESPACE.length) ?? ''
  return { thingName, namespace, verb, jobId: between.find((level) => !level.startsWith(NAMESPACE)) }
}

function answerTo(device: DeviceJobs, { asked, request, now }: { readonly asked: Asked; readonly request: JsonObject; readonly now: Date }): JsonObject | JobError {
  const { jobId, verb } = asked
  if (jobId === undefined) return verb === 'get' ? pendingLists(device.pending(asked)) : described(device.startNext(asked, request), { now })
  if (verb === 'update') return updated(device, { asked: { ...asked, jobId }, request })
  if (verb !== 'get') return { code: 'InvalidTopic', message: `there is no «${verb}» of one job` }
  const { executionNumber, includeJobDocument } = request
  const found = device.describe(asked, { jobId, executionNumber: typeof executionNumber === 'number' ? executionNumber : undefined })
  return described(found, { now, withDocument: includeJobDocument !== false })
}

function pendingLists(pending: readonly JobExecution[]): JsonObject {
  const of = (status: JobExecution['status']) => pending.filter((execution) => execution.status === status).slice(0, LISTED).map(executionSummary)
  return { inProgressJobs: of('IN_PROGRESS'), queuedJobs: of('QUEUED') }
}

function described(found: DescribedExecution | undefined | JobError, { now, withDocument = true }: { readonly now: Date; readonly withDocument?: boolean }): JsonObject | JobError {
  if (found === undefined) return {}
  if (isJobError(found)) return found
  return { execution: withDocument ? executionWithDocument(found.execution, { job: found.job, now }) : executionData(found.execution, { now }) }
}

function updated(device: DeviceJobs, { asked, request }: { readonly asked: Asker & { readonly jobId: string }; readonly request: JsonObject }): JsonObject | JobError {
  const result = device.update(asked, { ...request, jobId: asked.jobId })
  if (isJobError(result)) return result
  const { includeJobExecutionState, includeJobDocument } = result.asked
  return { ...(includeJobExecutionState && { executionState: stateOf(result.execution) }), ...(includeJobDocument && { jobDocument: result.job.document }) }
}
