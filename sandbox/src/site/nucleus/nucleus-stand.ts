// sandbox/src/site/nucleus/nucleus-stand.ts: how the nucleus and its components stand, told after each change.
import type { NucleusStand } from '../nucleus-host.ts'
import { MAIN, type Services } from './lifecycle/services.ts'
import type { MqttClient } from './mqtt/mqtt-client.ts'

export interface StandWatch {
  readonly watch: (listener: (stand: NucleusStand) => void) => void
}

export function standWatch(services: Services, mqtt: MqttClient): StandWatch {
  const listeners: ((stand: NucleusStand) => void)[] = []
  let isDue = false
  const stand = (): NucleusStand => ({
    connected: mqtt.isOnline,
    components: services.ordered().flatMap(({ name, isBuiltin, version, lifecycle }) => (isBuiltin || name === MAIN ? [] : [{ name, version: version() ?? '', state: lifecycle.state }])),
  })
  const tell = () => {
    isDue = false
    const now = stand()
    for (const listener of listeners) listener(now)
  }
  const changed = () => {
    if (!isDue) setImmediate(tell) // once for all that changes together
    isDue = true
  }
  services.onStateChange(changed)
  mqtt.listen({ onConnected: changed, onInterrupted: changed, onResumed() {} })
  return {
    watch(listener) {
      listeners.push(listener)
      listener(stand())
    },
  }
}
