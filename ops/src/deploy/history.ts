// ops/src/deploy/history.ts: remembers which release was deployed when; the deployments themselves are deleted when the next one takes their place.
import { S3Client } from '@aws-sdk/client-s3'
import { FleetError } from '@fleet/contract/errors'
import { storeKeys } from '@fleet/contract/names'
import * as z from 'zod'
import { named, s3Config } from '../aws/client-config.ts'
import { objectStore, type ObjectStore } from '../aws/objects.ts'
import type { Target } from '../target/target.ts'

/** Newest first. */
const History = z.array(z.strictObject({ at: z.iso.datetime(), release: z.string(), deploymentId: z.string() }))
export type History = z.infer<typeof History>

/** As many as there are images kept to go back to. */
const KEPT = 50
const MOST_ATTEMPTS = 3

/** @throws FleetError RELEASE_MANIFEST_INVALID */
export const readHistory = async (store: ObjectStore): Promise<History> => parsed((await store.read(storeKeys.deployments))?.text ?? '[]')

/** Asks, and writes nothing, when the deployment is the last one that is known: a run that was killed before it wrote is made good by the next. */
export async function remember({ release, deploymentId }: { readonly release: string; readonly deploymentId: string }, store: ObjectStore, now: Date): Promise<void> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const stored = await store.read(storeKeys.deployments)
    const known = parsed(stored?.text ?? '[]')
    if (known[0]?.deploymentId === deploymentId) return
    const next = [{ at: now.toISOString(), release, deploymentId }, ...known].slice(0, KEPT)
    if (await store.replace(storeKeys.deployments, `${JSON.stringify(next, undefined, 1)}\n`, { was: stored?.etag, contentType: 'application/json' })) return
  }
}

export const storeOf = (target: Target): ObjectStore => objectStore(named(new S3Client(s3Config(target))), target.names.provisioningBucket)

function parsed(text: string): History {
  try {
    return History.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError('RELEASE_MANIFEST_INVALID', `${storeKeys.deployments} in the provisioning bucket is no history of deployments`, 'The bucket keeps old versions: restore the last good one, or delete it; only the history is lost.', { cause })
  }
}
