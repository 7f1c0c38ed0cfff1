// sandbox/src/site/nucleus/nucleus-base.ts: what all parts of one nucleus stand on: its files, log and configuration, its ways to the cloud.
import { silentLog } from '@fleet/log'
import type { PiNetwork } from '../network.ts'
import { openCloudAccess, type CloudAccess } from './cloud/cloud-access.ts'
import { componentStore, type ComponentStore } from './components/component-store.ts'
import type { Platform } from './components/platform.ts'
import { openConfigStore, type ConfigStore } from './config/config-store.ts'
import { deviceConfiguration, type DeviceConfiguration } from './config/device-configuration.ts'
import { makeFolder } from './durable-file.ts'
import { configurationJudges, type ConfigurationJudges } from './ipc/configuration-judges.ts'
import { socketPath } from './ipc/server.ts'
import { componentTokens, type ComponentTokens } from './ipc/tokens.ts'
import { updateNotices, type UpdateNotices } from './ipc/update-notices.ts'
import { textOf } from './json.ts'
import { componentLogs, type ComponentLogs } from './logs/component-log.ts'
import { openNucleusLog, type NucleusLog } from './logs/nucleus-log.ts'
import { openMqttClient, type MqttClient } from './mqtt/mqtt-client.ts'
import type { NucleusOptions } from './options.ts'
import { registerNucleus } from './own-recipe.ts'
import { nucleusPaths, type NucleusPaths } from './paths.ts'
import { NUCLEUS_TIMINGS, type Timings } from './timing.ts'

export interface NucleusBase {
  readonly environment: Readonly<Record<string, string>>
  readonly network: PiNetwork
  readonly now: () => Date
  /** In milliseconds. */
  readonly startedAt: number
  readonly timings: Timings
  readonly paths: NucleusPaths
  readonly log: NucleusLog
  readonly logs: ComponentLogs
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly platform: () => Platform
  readonly store: ComponentStore
  readonly cloud: CloudAccess
  readonly mqtt: MqttClient
  readonly tokens: ComponentTokens
  readonly notices: UpdateNotices
  readonly judges: ConfigurationJudges
  readonly ipcSocket: string
  /** No new work is begun. */
  readonly stopping: AbortSignal
  /** Aborts `stopping`. */
  readonly beginStop: () => void
  /** Ends the connections, then closes the files. */
  readonly close: () => Promise<void>
}

const RASPBERRY_PI: Platform = { os: 'linux', architecture: 'aarch64' }

export async function openBase(options: NucleusOptions): Promise<NucleusBase> {
  const { environment, network } = options
  const now = () => options.now()
  const timings = { ...NUCLEUS_TIMINGS, ...options.timings }
  const paths = nucleusPaths(options.root)
  for (const folder of [paths.config, paths.logs, paths.deployments, paths.packages]) makeFolder(folder)
  const log = openNucleusLog({ folder: paths.logs, now, site: options.log ?? silentLog })
  const logs = componentLogs(paths.logs, now)
  const config = await openConfigStore({ paths, log, now, initConfig: options.initConfig })
  const device = deviceConfiguration(config)
  const platform = () => ({ ...(options.platform ?? RASPBERRY_PI), ...overridden(device) })
  const store = componentStore(paths, platform)
  registerNucleus(config, store, paths.root)
  const stopping = new AbortController()
  const closing = new AbortController()
  const mqtt = openMqttClient({ device, network, log, timings, signal: closing.signal })
  return {
    ...{ environment, network, now, timings, paths, log, logs, config, device, platform, store, mqtt },
    startedAt: now().getTime(),
    cloud: openCloudAccess({ config, device, network, environment, log, now, signal: closing.signal }),
    ...{ tokens: componentTokens(), notices: updateNotices(), judges: configurationJudges() },
    ipcSocket: socketPath(device.ipcSocketPath() || paths.ipcSocket),
    stopping: stopping.signal,
    beginStop: () => stopping.abort(new Error('the nucleus stops')),
    async close() {
      await mqtt.close()
      closing.abort(new Error('the nucleus stops'))
      config.close()
      logs.close()
      log.close()
    },
  }
}

const overridden = (device: DeviceConfiguration): Platform => Object.fromEntries(Object.entries(device.platformOverride()).map(([name, value]) => [name, textOf(value)]))
