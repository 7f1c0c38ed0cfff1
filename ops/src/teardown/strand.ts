// ops/src/teardown/strand.ts: marks the devices that lose policy and group with the stack, so that the next stack gives them back to just these.
import { paginateListThingsInThingGroup, IoTClient, ResourceNotFoundException } from '@aws-sdk/client-iot'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { mark } from '../allowlist/device.ts'
import { listFleet } from '../allowlist/inventory.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { paceFor } from '../aws/pace.ts'
import { collect } from '../aws/pages.ts'
import type { Target } from '../target/target.ts'

/**
 * The mark lies in the registry, beside the device: every list of the fleet shows it at no cost, and it goes where the device goes. Only
 * members of the thing group get it: it is believed when there is no group any more. Answers how many devices have it. @throws FleetError
 */
export async function strandDevices(target: Target, now: () => Date): Promise<number> {
  const iot = named(new IoTClient(clientConfig(target)))
  const pace = paceFor(target)
  const { thingGroup } = target.names
  const fleet = await listFleet(iot, thingGroup)
  const members = new Set(await membersOf(iot, thingGroup))
  const unmarked = fleet.filter(({ serial, strandedAt }) => strandedAt === undefined && members.has(serial))
  await Promise.all(unmarked.map(({ serial }) => mark(serial, { [THING_ATTRIBUTES.strandedAt]: now().toISOString() }, { iot, pace })))
  return unmarked.length + fleet.filter(({ strandedAt }) => strandedAt !== undefined).length
}

/** A group that is gone had its members marked before: a killed run is repeated. */
async function membersOf(iot: IoTClient, thingGroupName: string): Promise<string[]> {
  try {
    return await collect(paginateListThingsInThingGroup({ client: iot, pageSize: 250 }, { thingGroupName }), (page) => page.things)
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return []
    throw error
  }
}
