// ops/src/deploy/roll-back-at-once.ts: takes a former release back to the devices without the stack: what the console's «Roll back» does.
import { FleetError } from '@fleet/contract/errors'
import type { ObjectStore } from '../aws/objects.ts'
import { currentRelease, formerRelease, makeCurrent } from '../release/manifest-store.ts'
import { remember } from './history.ts'
import { deployAtOnce, type Spreading } from './spread.ts'

/** It is the current release then, for the next `fleet deploy`, too. Can be repeated. @throws FleetError */
export async function rollBackAtOnce(to: string, { store, now, ...spreading }: Spreading & { readonly store: ObjectStore; readonly now: Date }): Promise<{ readonly deploymentId: string }> {
  const [current, manifest] = await Promise.all([currentRelease(store), formerRelease(store, to)])
  if (!manifest) throw new FleetError('RELEASE_UNKNOWN', `there is no release ${to}`, '`fleet deploy history` shows the releases that were deployed; nothing was changed.')
  if (current?.manifest.id !== to) await makeCurrent(manifest, current, store)
  const { deploymentId } = await deployAtOnce(manifest, spreading)
  await remember({ release: to, deploymentId }, store, now)
  return { deploymentId }
}
