// sandbox/src/site/nucleus/deployments/deployments.ts: all of deployments together: heard of by jobs and shadow, carried out, reported.
import type { Log } from '@fleet/log'
import type { CloudAccess } from '../cloud/cloud-access.ts'
import { dockerClient } from '../components/artifacts/docker-client.ts'
import { removeImage, type DockerOptions } from '../components/artifacts/docker-artifact.ts'
import { registryPassword } from '../components/artifacts/ecr.ts'
import type { ComponentStore } from '../components/component-store.ts'
import type { Platform } from '../components/platform.ts'
import type { ConfigStore } from '../config/config-store.ts'
import type { DeviceConfiguration } from '../config/device-configuration.ts'
import type { ConfigurationJudges } from '../ipc/configuration-judges.ts'
import type { UpdateNotices } from '../ipc/update-notices.ts'
import type { Services } from '../lifecycle/services.ts'
import type { MqttClient } from '../mqtt/mqtt-client.ts'
import type { NucleusPaths } from '../paths.ts'
import type { Timings } from '../timing.ts'
import type { RestartCode } from './bootstrap.ts'
import { deploymentQueue } from './deployment-queue.ts'
import { deploymentService } from './deployment-service.ts'
import type { DeploymentTaskOptions } from './deployment-task.ts'
import { groupRecords, type GroupRecords } from './group-records.ts'
import { jobsListener } from './jobs-listener.ts'
import { ongoingDeployments, type OngoingDeployment } from './ongoing-deployment.ts'
import { shadowListener } from './shadow-listener.ts'
import { statusKeeper, type StatusKeeper } from './status-keeper.ts'

export interface Deployments {
  readonly records: GroupRecords
  readonly keeper: StatusKeeper
  /** From now on they are carried out. */
  readonly start: () => void
  /** Subscribes to jobs and shadow by the configuration of now. */
  readonly listen: () => Promise<void>
  readonly isListening: boolean
  readonly resumed: () => void
  readonly ended: () => Promise<void>
}

export interface DeploymentsOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly paths: NucleusPaths
  readonly services: Services
  readonly store: ComponentStore
  readonly cloud: CloudAccess
  readonly mqtt: MqttClient
  readonly environment: Readonly<Record<string, string>>
  readonly notices: UpdateNotices
  readonly judges: ConfigurationJudges
  readonly log: Log
  readonly timings: Timings
  /** Aborts when the nucleus stops. */
  readonly stopping: AbortSignal
  readonly startedAt: number
  readonly platform: () => Platform
  readonly now: () => Date
  readonly restart: (code: RestartCode) => void
}

export function openDeployments(options: DeploymentsOptions): Deployments {
  const { config, device, services, mqtt, log, timings, now, stopping, startedAt, restart } = options
  const keeper = statusKeeper(config, now, log)
  const records = groupRecords(config, () => services, now)
  const queue = deploymentQueue(log)
  const service = deploymentService({ task: taskOptions(options, records), queue, keeper, log, startedAt, restart })
  const common = { mqtt, queue, keeper, log, timings, thingName: device.thingName, operationTimeoutMs: () => device.mqtt().operationTimeoutMs }
  const jobs = jobsListener({ ...common, isJobUnderWay: () => service.current?.type === 'IOT_JOBS' })
  const shadow = shadowListener({ ...common, nucleusVersion: device.version, currentDeployment: () => service.current?.id })
  const begun = ongoingDeployments(options.paths).read()
  if (begun !== undefined) resumeAt(begun)
  let listening: AbortController | undefined
  let isListening = false

  function resumeAt({ type, id, stage, document, failure }: OngoingDeployment): void {
    log.info('Resume deployment', { deploymentStage: stage })
    if (type === 'IOT_JOBS') jobs.alreadyHas(id)
    else shadow.alreadyHas(id)
    queue.offer({ type, id, stage, text: '', isCancellation: false, resumed: { document, failure } })
  }
  return {
    records,
    keeper,
    start: service.start,
    async listen() {
      listening?.abort(new Error('the subscriptions are made anew'))
      const own = new AbortController()
      listening = own
      const signal = AbortSignal.any([own.signal, stopping])
      await Promise.all([jobs.connect(signal), shadow.connect(signal)])
      isListening = true
    },
    get isListening() {
      return isListening
    },
    resumed() {
      if (!isListening) return
      jobs.resumed()
      shadow.resumed()
    },
    ended: service.ended,
  }
}

function taskOptions(options: DeploymentsOptions, records: GroupRecords): DeploymentTaskOptions {
  const { config, device, paths, services, store, cloud, log, timings, now, notices, judges, stopping, platform } = options
  const docker = dockerOptions(options)
  return {
    ...{ config, device, paths, services, store, log, timings, now, notices, judges, stopping, records },
    ...{ dataPlane: cloud.dataPlane, downloads: cloud.downloads },
    ongoing: ongoingDeployments(paths),
    negotiation: { config, device, store, timings, platform, dataPlane: cloud.dataPlane },
    preparation: { paths, store, timings, docker, sources: { dataPlane: cloud.dataPlane, s3: cloud.s3, downloads: cloud.downloads, log, timings }, storeMaxBytes: device.componentStoreMaxSizeBytes },
    removeImage: (uri) => removeImage(uri, { ...docker, signal: stopping }),
  }
}

function dockerOptions({ environment, cloud, mqtt, log, timings, now }: DeploymentsOptions): Omit<DockerOptions, 'signal'> {
  return {
    ...{ log, timings, now },
    client: dockerClient(environment),
    isConnected: () => mqtt.isOnline,
    password: (registryId, region) => registryPassword({ access: cloud.downloads, credentials: cloud.credentials, environment, now }, registryId, region),
  }
}
