// sandbox/src/cloud/greengrass/core-devices.ts: the core devices that reported, as their messages tell of them.
import type { CloudLog } from '../log.ts'
import type { DeviceMessage, MessageBus } from '../ports.ts'
import type { Store, Table } from '../store/store.ts'
import { afterMessage, type CoreDevice, readFleetStatus } from './fleet-status.ts'
import { notFound } from './greengrass-error.ts'

export interface CoreDevices {
  readonly records: Table<CoreDevice>
  /** @throws AwsError ResourceNotFoundException */
  get(thingName: string | undefined): CoreDevice
}

/** The thing is that of the topic, which the sender's policy allowed it; what the payload says of it is not looked at. */
export function coreDevices(store: Store, { bus, log }: { readonly bus: MessageBus; readonly log: CloudLog }): CoreDevices {
  const records = store.table<CoreDevice>('greengrass_core_devices')
  bus.reserve('$aws/things/+/greengrassv2/health/json', async ({ topic, payload, clientId }: DeviceMessage) => {
    const [, , thingName = ''] = topic.split('/')
    const message = readFleetStatus(payload)
    if (typeof message === 'string') return log.warn('fleet status not understood', { thingName, clientId, why: message })
    records.put(thingName, afterMessage(thingName, records.get(thingName), message))
  })
  return {
    records,
    get(thingName = '') {
      const device = records.get(thingName)
      if (!device) throw notFound('core device', thingName)
      return device
    },
  }
}
