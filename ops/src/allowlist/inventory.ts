// ops/src/allowlist/inventory.ts: lists the fleet's devices as the registry has them: ceil(N/250) calls and nothing else.
import { paginateListThings, type IoTClient } from '@aws-sdk/client-iot'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import type { RegisteredDevice } from './plan.ts'

/** The largest page that ListThings gives (API reference: maxResults 1–250). */
const PAGE = 250

export async function listFleet(iot: IoTClient, thingGroup: string): Promise<RegisteredDevice[]> {
  const devices: RegisteredDevice[] = []
  const pages = paginateListThings({ client: iot, pageSize: PAGE }, { attributeName: THING_ATTRIBUTES.fleet, attributeValue: thingGroup })
  for await (const { things = [] } of pages) devices.push(...things.map(({ thingName = '', attributes = {} }) => registered(thingName, attributes)))
  return devices
}

/** What the attributes of a thing say of the device. */
export function registered(serial: string, attributes: Readonly<Record<string, string>>): RegisteredDevice {
  const { [THING_ATTRIBUTES.suspendedAt]: since, [THING_ATTRIBUTES.purging]: purging, [THING_ATTRIBUTES.strandedAt]: stranded } = attributes
  return {
    serial,
    ...(since !== undefined && { suspendedAt: new Date(since) }),
    ...(stranded !== undefined && { strandedAt: new Date(stranded) }),
    ...(purging !== undefined && { purging: purging.split(',').filter((id) => id !== '') }),
  }
}
