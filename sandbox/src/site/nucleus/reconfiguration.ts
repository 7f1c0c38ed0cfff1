// sandbox/src/site/nucleus/reconfiguration.ts: what the nucleus does anew when its identity or the address of its cloud changes.
import type { Log } from '@fleet/log'
import type { ConfigStore } from './config/config-store.ts'
import type { ConfigChange, ConfigPath } from './config/config-tree.ts'
import { NUCLEUS, type DeviceConfiguration } from './config/device-configuration.ts'
import type { DeviceCredentials } from './credentials/device-credentials.ts'

export interface ReconfigurationOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly credentials: DeviceCredentials
  readonly log: Log
  /** Between the last change and the reconnection, so that several changes are one. */
  readonly delayMs: number
  /** Whether deployments are heard of already: then only another name matters to them. */
  readonly isListening: () => boolean
  readonly reconnect: () => Promise<void>
  /** Subscribes to deployments by the configuration of now. */
  readonly listen: () => void
}

const MQTT: ReadonlySet<string> = new Set(['mqtt', 'thingname', 'iotdataendpoint', 'privatekeypath', 'certificatefilepath', 'rootcapath'])
const PROVISIONING: ReadonlySet<string> = new Set(['thingname', 'iotdataendpoint', 'privatekeypath', 'certificatefilepath', 'rootcapath', 'awsregion'])
const CREDENTIALS: ReadonlySet<string> = new Set([...PROVISIONING, 'iotcredendpoint', 'iotrolealias'])

/** Answers what ends it. */
export function followReconfiguration({ config, device, credentials, log, delayMs, isListening, reconnect, listen }: ReconfigurationOptions): () => void {
  let timer: NodeJS.Timeout | undefined
  let isPending = false
  let isEnded = false
  const listenOnce = () => {
    isPending = false
    if (isEnded) return
    if (device.missing().length === 0) listen()
    else log.warn('Device not configured to talk to AWS Iot cloud. IOT job deployment is offline', { errorMessage: device.missing() })
  }
  const changed = (change: ConfigChange, name: string) => {
    if (change.what === 'timestampUpdated' || change.what === 'interiorAdded') return
    if (CREDENTIALS.has(name)) credentials.forget()
    if (MQTT.has(name)) {
      clearTimeout(timer)
      timer = setTimeout(() => void reconnect().catch((error: unknown) => log.error('Error while reconnecting MQTT client', { error })), delayMs)
    }
    if (!(isListening() ? name === 'thingname' : PROVISIONING.has(name)) || isPending) return
    isPending = true
    setImmediate(listenOnce) // after all changes of one update
  }
  const follow = (path: ConfigPath) => config.onChange(path, (change) => changed(change, change.path[path.length]?.toLowerCase() ?? ''))
  const ends = [follow(['system']), follow(['services', NUCLEUS, 'configuration'])]
  return () => {
    isEnded = true
    clearTimeout(timer)
    for (const end of ends) end()
  }
}
