// sandbox/src/site/nucleus/deployments/jobs-listener.ts: hears of deployments to thing groups: AWS IoT jobs in Greengrass's own namespace (facts, «Jobs»).
import { randomUUID } from 'node:crypto'
import type { Log } from '@fleet/log'
import { isJsonObject, numberOf, parseJson, textOf, type JsonObject } from '../json.ts'
import type { CloudMessage, CloudSubscription, MqttClient } from '../mqtt/mqtt-client.ts'
import type { Timings } from '../timing.ts'
import { cancellation, newDeployment } from './deployment.ts'
import type { DeploymentQueue } from './deployment-queue.ts'
import { jobsTopics, jobUpdates } from './job-updates.ts'
import { latestQueuedJobs } from './latest-queued-jobs.ts'
import { subscribeToAll } from './request-topics.ts'
import type { StatusKeeper } from './status-keeper.ts'

export interface CloudListenerOptions {
  readonly mqtt: MqttClient
  readonly queue: DeploymentQueue
  readonly keeper: StatusKeeper
  readonly log: Log
  readonly timings: Timings
  readonly thingName: () => string
  readonly operationTimeoutMs: () => number
}

export interface JobsListener {
  /** Subscribes by the name that the device has now; resolves when it has asked for the next job. */
  readonly connect: (signal: AbortSignal) => Promise<void>
  /** The connection stands again. */
  readonly resumed: () => void
  /** A job that an earlier run of the nucleus has begun. */
  readonly alreadyHas: (jobId: string) => void
}

/** @param isJobUnderWay whether the deployment that is carried out now came as a job */
export function jobsListener(options: CloudListenerOptions & { isJobUnderWay(): boolean }): JobsListener {
  const { mqtt, queue, keeper, log } = options
  const known = latestQueuedJobs()
  let unprocessed = 0 // notifications of queued jobs that were not answered by a job yet
  let topics = jobsTopics('')
  let own: readonly CloudSubscription[] = []

  const requestNext = () => mqtt.publish({ topic: topics.getNext, qos: 1, payload: Buffer.from(JSON.stringify({ thingName: options.thingName(), jobId: '$next', includeJobDocument: true })) })

  function notified({ jobs }: JsonObject): void {
    if (!isJsonObject(jobs)) return
    if (jobs.QUEUED !== undefined) {
      unprocessed++
      log.info('Received new deployment notification. Requesting details')
      return requestNext()
    }
    if (Object.keys(jobs).length > 0) return log.info('Received other deployment notification. Not supported yet', { jobs })
    log.info('Received empty jobs in notification ')
    unprocessed = 0
    cancelIfUnderWay()
  }
  function described({ execution }: JsonObject): void {
    if (!isJsonObject(execution)) {
      log.info('No deployment job found')
      if (unprocessed > 0) requestNext() // one was announced: the answer was too old
      return
    }
    if (unprocessed > 0) unprocessed--
    const jobId = textOf(execution.jobId)
    const queuedAt = numberOf(execution.queuedAt, 0)
    log.info('Received Iot job description', { JobId: jobId, Status: execution.status, queueAt: queuedAt })
    if (!known.isNew(queuedAt, jobId)) return log.info('Duplicate or outdated job notification. Ignoring.', { JobId: jobId })
    cancelIfUnderWay() // the next one comes only when the one before is over, or was cancelled
    if (queue.offer(newDeployment('IOT_JOBS', jobId, JSON.stringify(execution.jobDocument ?? null)))) log.info('Added the job to the queue', { JobId: jobId })
  }
  function cancelIfUnderWay(): void {
    if (queue.isEmpty && options.isJobUnderWay() && queue.offer(cancellation('IOT_JOBS', randomUUID()))) log.info('Added cancellation deployment to the queue')
  }

  keeper.onStatus('IOT_JOBS', jobUpdates(options))
  return {
    async connect(signal) {
      await Promise.all(own.map((subscription) => mqtt.unsubscribe(subscription)))
      topics = jobsTopics(options.thingName())
      own = [
        { filter: topics.nextAccepted, qos: 1, onMessage: parsed(described, log) },
        { filter: topics.nextRejected, qos: 1, onMessage: parsed((error) => log.error('Job subscription got rejected', { error }), log) },
        { filter: topics.notify, qos: 1, onMessage: parsed(notified, log) },
      ]
      await subscribeToAll(own, { ...options, signal })
      requestNext()
      await keeper.publish('IOT_JOBS')
    },
    resumed() {
      requestNext()
      void keeper.publish('IOT_JOBS')
    },
    alreadyHas: known.add,
  }
}

export const parsed = (handle: (message: JsonObject) => void, log: Log) => (message: CloudMessage): void => {
  const value = parseJson(Buffer.from(message.payload).toString('utf8'))
  if (isJsonObject(value)) handle(value)
  else log.error('Cannot read a message from the cloud', { topic: message.topic })
}
