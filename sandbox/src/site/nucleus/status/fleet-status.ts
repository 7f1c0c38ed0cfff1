// sandbox/src/site/nucleus/status/fleet-status.ts: keeps Greengrass informed of the state of every component (facts, «Fleet status»).
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import type { DeviceConfiguration } from '../config/device-configuration.ts'
import type { Platform } from '../components/platform.ts'
import type { GroupRecords } from '../deployments/group-records.ts'
import type { DeploymentStatus, StatusKeeper } from '../deployments/status-keeper.ts'
import { numberOf, type JsonObject } from '../json.ts'
import { FLEET_STATUS_SERVICE } from '../lifecycle/builtin.ts'
import type { Service } from '../lifecycle/service.ts'
import { MAIN, type Services } from '../lifecycle/services.ts'
import type { State } from '../lifecycle/state.ts'
import type { MqttClient } from '../mqtt/mqtt-client.ts'
import type { Timings } from '../timing.ts'
import { componentDetails, deploymentInformation, isDeployment, statusMessages, triggerOf, type OverallStatus, type StatusMessage, type Trigger } from './fleet-status-message.ts'
import { reportQueue } from './report-queue.ts'

export interface FleetStatus {
  /** From now on state changes and deployments are told; to be called when the device can talk to the cloud. */
  readonly follow: () => void
  /** The nucleus has launched: before that nothing is told. */
  readonly launched: () => void
  /** The state of all components. */
  readonly tellAll: (trigger: Trigger) => void
  readonly interrupted: () => void
  readonly resumed: () => void
  /** The nucleus stops: what changes now is no news. */
  readonly stop: () => void
}

export interface FleetStatusOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly services: Services
  readonly records: GroupRecords
  readonly keeper: StatusKeeper
  readonly mqtt: MqttClient
  readonly log: Log
  readonly timings: Timings
  readonly platform: () => Platform
  readonly now: () => Date
}

const RECONNECT_SPACING_MS = 60_000
const SEQUENCE_NUMBER = ['services', FLEET_STATUS_SERVICE, 'sequenceNumber']
const LAST_CADENCE = ['services', FLEET_STATUS_SERVICE, 'lastPeriodicUpdateTime']
const LONGEST_TIMER_MS = 2 ** 31 - 1 // setTimeout

export function fleetStatus(options: FleetStatusOptions): FleetStatus {
  const { config, device, services, keeper, log, timings } = options
  const now = () => options.now().getTime()
  const changed = new Set<Service>()
  const known = new Set(services.ordered())
  const reports = reportQueue({ spacingMs: timings.statusSpacing, now, publish })
  let cadence: NodeJS.Timeout | undefined
  let [isFollowing, isLaunched, isConnected, isDeploying, isStopping] = [false, false, true, false, false]
  let lastReconnectAt = 0

  const overall = (): OverallStatus => (services.ordered().some(({ lifecycle }) => lifecycle.state === 'BROKEN') ? 'UNHEALTHY' : 'HEALTHY')
  const noteRunning = () => {
    for (const service of services.ordered()) known.add(service)
  }

  function stateChanged(service: Service, to: State): void {
    changed.add(service)
    if (to === 'ERRORED') {
      noteRunning()
      return tell(isDeploying ? new Set([service]) : changed, { trigger: 'COMPONENT_STATUS_CHANGE' })
    }
    if (isDeploying) return
    if (to === 'BROKEN') tell(changed, { trigger: 'COMPONENT_STATUS_CHANGE', overallStatus: 'UNHEALTHY' })
    if (service.lifecycle.hasReachedDesired() && !isStopping && services.ordered().every(isSettled)) {
      noteRunning()
      tell(changed, { trigger: 'COMPONENT_STATUS_CHANGE' })
    }
  }
  function deploymentChanged(status: DeploymentStatus): void {
    isDeploying = status.status === 'IN_PROGRESS'
    if (!isDeploying) eventHappened(triggerOf(status.type), status)
  }
  function eventHappened(trigger: Trigger, deployment?: DeploymentStatus): void {
    if (!isConnected && !isDeployment(trigger)) return
    for (const service of [...known]) {
      if (services.ordered().includes(service)) continue
      changed.add(service) // it was removed: told a last time
      known.delete(service)
    }
    noteRunning()
    if (trigger === 'RECONNECT' && changed.size === 0 && now() < lastReconnectAt + RECONNECT_SPACING_MS) return
    if (deployment !== undefined) for (const service of services.ordered()) if (service.lifecycle.state === 'NEW') changed.add(service)
    const changedNames = new Set([...changed].map(({ name }) => name))
    tell(changed, { trigger, ...(deployment && { deployment: deploymentInformation(deployment, deployment.rootComponents.filter((name) => !changedNames.has(name))) }) })
    if (trigger === 'RECONNECT') lastReconnectAt = now()
  }

  function tell(some: Set<Service>, { trigger, deployment, overallStatus = overall() }: { trigger: Trigger; deployment?: JsonObject; overallStatus?: OverallStatus }): void {
    if (!isLaunched && trigger !== 'NUCLEUS_LAUNCH') return
    if (!isConnected && !isDeployment(trigger)) return
    const { components, parts } = describe(some, options)
    if (components.length === 0 && trigger === 'COMPONENT_STATUS_CHANGE') return
    some.clear()
    const sequenceNumber = numberOf(config.value(...SEQUENCE_NUMBER), 0)
    config.set(SEQUENCE_NUMBER, sequenceNumber + 1)
    const { os = 'unknown', architecture = 'unknown' } = options.platform()
    const message = { ggcVersion: device.version(), platform: os, architecture, thing: device.thingName(), sequenceNumber, timestamp: now(), trigger, deployment, overallStatus }
    reports.offer(message, [...components, ...parts])
  }
  function publish(message: StatusMessage, components: readonly JsonObject[]): void {
    try {
      for (const text of statusMessages(message, components)) options.mqtt.publish({ topic: `$aws/things/${message.thing}/greengrassv2/health/json`, qos: 1, payload: Buffer.from(text) })
      log.info('Status update published to FSS', { trigger: message.trigger })
    } catch (error) {
      log.warn('MQTT publish failed', { error })
    }
  }

  function tellAll(trigger: Trigger): void {
    tell(new Set(services.ordered()), { trigger })
  }
  /** Once a day, at a time of day of this device's own. @param mostWaitMs of the first */
  function schedule(mostWaitMs: number): void {
    clearTimeout(cadence)
    cadence = setTimeout(() => {
      if (!isDeploying && isConnected) {
        tellAll('CADENCE')
        config.set(LAST_CADENCE, now())
      }
      scheduleAfter(device.statusIntervalSeconds() * 1000)
    }, Math.min(Math.random() * mostWaitMs, LONGEST_TIMER_MS))
  }
  function scheduleAfter(waitMs: number): void {
    cadence = setTimeout(() => schedule(0), Math.min(waitMs, LONGEST_TIMER_MS))
  }
  return {
    follow() {
      if (isFollowing) return
      isFollowing = true
      services.onStateChange((service, _from, to) => stateChanged(service, to))
      for (const type of ['IOT_JOBS', 'SHADOW'] as const) keeper.onStatus(type, (status) => Promise.resolve(deploymentChanged(status)).then(() => true))
      const intervalMs = device.statusIntervalSeconds() * 1000
      config.setDefault(LAST_CADENCE, now())
      schedule(numberOf(config.value(...LAST_CADENCE), 0) + intervalMs < now() ? 5000 : intervalMs)
    },
    launched() {
      isLaunched = true
      if (device.missing().length === 0) tellAll('NUCLEUS_LAUNCH')
      else log.warn("Status won't be published until Nucleus is configured online")
    },
    tellAll,
    interrupted: () => void (isConnected = false),
    resumed() {
      isConnected = true
      if (!isFollowing) return
      eventHappened('RECONNECT')
      schedule(device.statusIntervalSeconds() * 1000)
    },
    stop() {
      isStopping = true
      clearTimeout(cadence)
      reports.stop()
    },
  }
}

const isSettled = ({ lifecycle }: Service) => lifecycle.state === 'BROKEN' || (lifecycle.hasReachedDesired() && (lifecycle.state === 'RUNNING' || lifecycle.state === 'FINISHED'))

function describe(some: ReadonlySet<Service>, { services, records }: FleetStatusOptions): { readonly components: readonly JsonObject[]; readonly parts: readonly JsonObject[] } {
  const present = [...new Set([...some].map((service) => services.find(service.name) ?? service))] // of an updated one only what runs now
  const isPart = ({ isBuiltin, name }: Service) => isBuiltin || name === MAIN
  const components = present.filter((service) => !isPart(service)).map((service) => ({ service, fleetConfigArns: records.configurationArns(service.name) }))
  const allArns = [...new Set(components.flatMap(({ fleetConfigArns }) => fleetConfigArns))]
  return {
    components: components.map(({ service, fleetConfigArns }) => componentDetails(service, { fleetConfigArns, isRoot: records.isRoot(service.name) })),
    parts: present.filter(isPart).map((service) => componentDetails(service, { fleetConfigArns: allArns, isRoot: false })),
  }
}
