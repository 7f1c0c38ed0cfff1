// sandbox/src/faults/bad-release.ts: deploys a release that cannot work, as carefully as one should: the first device that fails stops it.
import type { BadRelease } from '@fleet/contract/sandbox-control'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { publishRelease } from '@fleet/ops/release/publish-release'
import type { Target } from '@fleet/ops/target/target'
import { CORRUPT, corruptRelease } from './corrupt-releases.ts'

/** One device a minute: a few Pis have no share to speak of. */
const CAREFULLY = { 'fleetwright:rolloutDevicesPerMinute': '1', 'fleetwright:rolloutAbortAfterDevices': '1' }

/** Each call makes another one. Resolves when it is deployed; the devices go back by themselves. @throws FleetError */
export async function deployBadRelease(target: Target, now: Date): Promise<BadRelease> {
  const careful = { ...target, config: { ...target.config, ...CAREFULLY } }
  const { release, steps } = await publishRelease(careful, { ...corruptRelease('crashes-at-start', now.toISOString()), now: () => now })
  await deploy(careful, { engine: chosenEngine(careful, {}) })
  const version = steps.find(({ name }) => name === CORRUPT)?.version
  if (version === undefined) throw new Error(`${CORRUPT} is in no release of this repository`)
  return { release, component: CORRUPT, version }
}
