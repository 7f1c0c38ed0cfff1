// sandbox/src/site/nucleus/deployments/shadow-listener.ts: hears of deployments to this one thing by its named shadow, and reports there (facts, «Shadow»).
import { randomUUID } from 'node:crypto'
import { isJsonObject, member, numberOf, parseJson, textOf, type JsonObject } from '../json.ts'
import type { CloudSubscription } from '../mqtt/mqtt-client.ts'
import { cancellation, newDeployment } from './deployment.ts'
import { parsed, type CloudListenerOptions } from './jobs-listener.ts'
import { subscribeToAll } from './request-topics.ts'
import type { DeploymentStatus } from './status-keeper.ts'

export interface ShadowListener {
  readonly connect: (signal: AbortSignal) => Promise<void>
  readonly resumed: () => void
  /** A configuration that an earlier run of the nucleus has begun to deploy. */
  readonly alreadyHas: (configurationArn: string) => void
}

const SHADOW = 'AWSManagedGreengrassV2Deployment'

/** @param currentDeployment id of the deployment that is carried out now */
export function shadowListener(options: CloudListenerOptions & { nucleusVersion(): string; currentDeployment(): string | undefined }): ShadowListener {
  const { mqtt, queue, keeper, log } = options
  const topic = (ending: string) => `$aws/things/${options.thingName()}/shadow/name/${SHADOW}/${ending}`
  const send = (ending: string, payload: JsonObject) => mqtt.publish({ topic: topic(ending), qos: 1, payload: Buffer.from(JSON.stringify(payload)) })
  let own: readonly CloudSubscription[] = []
  let lastVersion = 0
  let lastArn: string | undefined
  let lastStatus: DeploymentStatus | undefined

  const requestShadow = () => send('get', { thingName: options.thingName(), shadowName: SHADOW })
  function report(): void {
    if (lastStatus === undefined) return
    send('update', { thingName: options.thingName(), shadowName: SHADOW, version: lastVersion, state: { reported: reportOf(lastStatus, options.nucleusVersion()) } })
    log.info('Updated reported state for deployment', { CONFIGURATION_ARN: lastStatus.configurationArn, status: lastStatus.status })
  }
  function updated({ state, version }: JsonObject): void {
    const { desired, reported } = isJsonObject(state) ? state : {}
    if (numberOf(version, 0) < lastVersion) return log.debug('Received an older version of shadow. Ignoring...', { SHADOW_VERSION: version })
    lastVersion = numberOf(version, 0)
    const reportedState = isJsonObject(reported) ? reported : {}
    if (Object.keys(reportedState).length > 0) sync(reportedState)
    if (isJsonObject(desired) && Object.keys(desired).length > 0) wanted(desired, reportedState)
  }
  /** The cloud must know what became of the last one. */
  function sync({ fleetConfigurationArnForStatus, status }: JsonObject): void {
    if (lastStatus === undefined || (fleetConfigurationArnForStatus === lastStatus.configurationArn && status === lastStatus.status)) return
    log.info('Updating reported section of shadow with the latest deployment status')
    report()
  }
  function wanted({ fleetConfig, desiredStatus }: JsonObject, reported: JsonObject): void {
    const document = parseJson(textOf(fleetConfig))
    const arn = isJsonObject(document) ? textOf(member(document, 'configurationArn')) : ''
    if (arn === '' || desiredStatus === undefined || desiredStatus === null) return log.error('Desired state has no configuration ARN or no status. Ignoring shadow update')
    const isCancellation = desiredStatus === 'CANCELED'
    const isFirst = lastArn === undefined
    if (isFirst ? isOverAlready(arn, isCancellation, reported) : lastArn === arn && !isCancellation) {
      log.info(isFirst ? 'Ignoring shadow update at startup' : 'Duplicate deployment notification. Ignoring shadow update', { CONFIGURATION_ARN: arn })
      lastArn = arn
      return
    }
    lastArn = arn
    const deployment = isCancellation ? cancellation('SHADOW', randomUUID()) : newDeployment('SHADOW', arn, textOf(fleetConfig))
    if (queue.offer(deployment)) log.info('Added shadow deployment job', { ID: deployment.id })
  }
  /** What the first message after the start brings may have been dealt with before. */
  function isOverAlready(arn: string, isCancellation: boolean, reported: JsonObject): boolean {
    const isReported = reported.fleetConfigurationArnForStatus === arn && reported.status !== 'IN_PROGRESS'
    return isCancellation || isReported || options.currentDeployment() === arn
  }

  keeper.onStatus('SHADOW', async (status) => {
    lastStatus = status
    report()
    return true
  })
  return {
    async connect(signal) {
      await Promise.all(own.map((subscription) => mqtt.unsubscribe(subscription)))
      const onUpdated = parsed(updated, log)
      own = [
        { filter: topic('update/accepted'), qos: 1, onMessage: onUpdated },
        { filter: topic('update/rejected'), qos: 1, onMessage: requestShadow }, // its answer makes us report again
        { filter: topic('get/accepted'), qos: 1, onMessage: onUpdated },
      ]
      await subscribeToAll(own, { ...options, signal })
      requestShadow()
    },
    resumed() {
      requestShadow()
      void keeper.publish('SHADOW')
    },
    alreadyHas: (configurationArn) => void (lastArn = configurationArn),
  }
}

/** What does not apply is empty, so that nothing of an earlier deployment stays. */
function reportOf({ configurationArn, status, details }: DeploymentStatus, ggcVersion: string): JsonObject {
  const { detailedStatus, failureCause = '', errorStack = [], errorTypes = [] } = details
  return { ggcVersion, fleetConfigurationArnForStatus: configurationArn, status, statusDetails: { ...(detailedStatus !== undefined && { detailedStatus }), failureCause, errorStack, errorTypes } }
}
