// ops/src/deploy/canary.ts: how large the first wave of a release is: `--canary 5%` of the fleet, or so many devices.
import { IoTClient, paginateListThingsInThingGroup, ResourceNotFoundException } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { stageFile } from '@fleet/contract/stage'
import { clientConfig, named } from '../aws/client-config.ts'
import { collect } from '../aws/pages.ts'
import type { Outputs } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'
import { MOST, type Canary } from './canary-argument.ts'

/** At least one device, else the first wave would never begin. */
export const firstWave = (wanted: Canary, members: number): number => ('devices' in wanted ? wanted.devices : Math.min(MOST, Math.max(1, Math.ceil((members * wanted.percent) / 100))))

/**
 * The first wave of the release that is deployed now; undefined: as the stage has it. A release that is deployed already keeps the waves
 * that it has (`outputs` of the stack): others would make a new deployment of the same content. @throws FleetError USAGE
 */
export async function wavesOf(release: string | undefined, { outputs = {}, wanted, target }: { readonly outputs: Outputs | undefined; readonly wanted: Canary | undefined; readonly target: Target }): Promise<number | undefined> {
  if (release === undefined) return undefined
  if (outputs['release'] === release) return canaryIn(outputs)
  return wanted && firstWave(wanted, 'devices' in wanted ? 0 : await membersOf(target))
}

/** Of the deployment that is there, by the stack's own word. */
export const canaryIn = ({ canary: first }: Outputs): number | undefined => (typeof first === 'number' && first > 0 ? first : undefined)

/** Whether a release is new is not known when the stage file names its manifest. */
export function refuseIfPinned({ stage: { stage, releaseManifest } }: Target, wanted: Canary | undefined): void {
  if (wanted === undefined || releaseManifest === undefined) return
  throw new FleetError('USAGE', `${stageFile(stage)} pins a release (fleetwright:releaseManifest), and --canary is for those that are published`, `Set fleetwright:rolloutFirstPerMinute in ${stageFile(stage)} instead; nothing was changed.`)
}

/** ceil(N/250) calls; none before the first deploy. */
async function membersOf(target: Target): Promise<number> {
  const client = named(new IoTClient(clientConfig(target)))
  try {
    return (await collect(paginateListThingsInThingGroup({ client, pageSize: 250 }, { thingGroupName: target.names.thingGroup }), (page) => page.things)).length
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 0
    throw error
  }
}
