// ops/src/release/manifest-store.ts: release manifests in the provisioning bucket: one for each release, and which of them is current.
import { FleetError } from '@fleet/contract/errors'
import { storeKeys } from '@fleet/contract/names'
import { ReleaseManifest } from '@fleet/contract/release'
import type { ObjectStore } from '../aws/objects.ts'

export interface CurrentRelease {
  readonly manifest: ReleaseManifest
  /** To replace it only if it is still this one. */
  readonly etag: string
}

/** undefined before the first release. @throws FleetError RELEASE_MANIFEST_INVALID */
export async function currentRelease(store: ObjectStore): Promise<CurrentRelease | undefined> {
  const stored = await store.read(storeKeys.currentRelease)
  return stored && { manifest: parsed(stored.text, storeKeys.currentRelease), etag: stored.etag }
}

/** Of an id; undefined when there is none. @throws FleetError RELEASE_MANIFEST_INVALID */
export async function formerRelease(store: ObjectStore, id: string): Promise<ReleaseManifest | undefined> {
  const stored = await store.read(storeKeys.release(id))
  return stored && parsed(stored.text, storeKeys.release(id))
}

/** The release first, that it is current last: who reads `current` finds a whole release. @throws FleetError RELEASE_CHANGED_MEANWHILE */
export async function makeCurrent(manifest: ReleaseManifest, was: CurrentRelease | undefined, store: ObjectStore): Promise<void> {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  // Its id is made of its content: when it is there already, it is the same release.
  await store.replace(storeKeys.release(manifest.id), text, { was: undefined, contentType: 'application/json' })
  if (await store.replace(storeKeys.currentRelease, text, { was: was?.etag, contentType: 'application/json' })) return
  throw new FleetError('RELEASE_CHANGED_MEANWHILE', 'another release was published while this one was made', 'Run `fleet release publish` again: what was built and pushed is not built again.')
}

function parsed(text: string, key: string): ReleaseManifest {
  try {
    return ReleaseManifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError('RELEASE_MANIFEST_INVALID', `${key} in the provisioning bucket is no release manifest`, 'The bucket keeps old versions: restore the last good one, or delete it and publish again.', { cause })
  }
}
