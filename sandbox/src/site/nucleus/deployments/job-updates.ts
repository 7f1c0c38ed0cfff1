// sandbox/src/site/nucleus/deployments/job-updates.ts: tells AWS IoT jobs how a deployment goes, and waits until it is accepted.
import type { Log } from '@fleet/log'
import { isJsonObject, parseJson, textOf } from '../json.ts'
import type { CloudMessage, MqttClient } from '../mqtt/mqtt-client.ts'
import { TimeoutError, within } from '../timing.ts'
import type { StatusConsumer, StatusDetails } from './status-keeper.ts'

export interface JobUpdateOptions {
  readonly mqtt: MqttClient
  readonly log: Log
  readonly thingName: () => string
  readonly operationTimeoutMs: () => number
}

export function jobsTopics(thing: string) {
  const jobs = `$aws/things/${thing}/jobs`
  const next = `${jobs}/$next/namespace-aws-gg-deployment/get`
  const update = (jobId: string) => `${jobs}/${jobId}/namespace-aws-gg-deployment/update`
  return { getNext: next, nextAccepted: `${next}/accepted`, nextRejected: `${next}/rejected`, notify: `${jobs}/notify-namespace-aws-gg-deployment`, update }
}

const LONGEST_DETAIL = 1024 // characters, by AWS IoT jobs

/** A rejection ends it too: the cloud knows the job no more, or it was cancelled. */
export function jobUpdates(options: JobUpdateOptions): StatusConsumer {
  const { log } = options
  return async ({ id, status, details }) => {
    log.info('Updating status of persisted deployment', { JobId: id, Status: status, StatusDetails: details })
    try {
      const rejection = await update(id, JSON.stringify({ thingName: options.thingName(), jobId: id, status, statusDetails: statusDetails(details) }), options)
      if (rejection === undefined) log.info('Job status update was accepted', { JobId: id, Status: status })
      else log.error('Job status update rejected', { JobId: id, Status: status, reason: rejection })
      return true
    } catch (error) {
      if (error instanceof TimeoutError) log.info('Timed out while updating the job status', { JobId: id, Status: status })
      else log.error('Caught exception while updating job status', { JobId: id, Status: status, error })
      return false
    }
  }
}

/** Why it was rejected; undefined when it was accepted. */
async function update(jobId: string, payload: string, { mqtt, thingName, operationTimeoutMs }: JobUpdateOptions): Promise<string | undefined> {
  const topic = jobsTopics(thingName()).update(jobId)
  const answer = Promise.withResolvers<string | undefined>()
  const accepted = { filter: `${topic}/accepted`, qos: 1 as const, onMessage: () => answer.resolve(undefined) }
  const rejected = { filter: `${topic}/rejected`, qos: 1 as const, onMessage: (message: CloudMessage) => answer.resolve(messageOf(message)) }
  const work = async () => {
    await Promise.all([mqtt.subscribe(accepted), mqtt.subscribe(rejected)])
    mqtt.publish({ topic, qos: 1, payload: Buffer.from(payload) })
    return answer.promise
  }
  try {
    return await within(operationTimeoutMs(), work(), 'update of a job')
  } finally {
    for (const subscription of [accepted, rejected]) void mqtt.unsubscribe(subscription).catch(() => {}) // a lost connection has lost it
  }
}

function messageOf({ payload }: CloudMessage): string {
  const value = parseJson(Buffer.from(payload).toString('utf8'))
  return isJsonObject(value) ? textOf(value.message) : ''
}

/** Values are texts: lists as JSON. */
function statusDetails({ detailedStatus, failureCause, errorStack, errorTypes }: StatusDetails): Record<string, string> {
  const values = {
    'detailed-deployment-status': detailedStatus,
    'deployment-failure-cause': failureCause,
    'deployment-error-stack': errorStack && JSON.stringify(errorStack),
    'deployment-error-types': errorTypes && JSON.stringify(errorTypes),
  }
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value.slice(0, LONGEST_DETAIL)]])))
}
