// ops/src/image/base-image.ts: the image on which the components of a release stand, as a folder on the card: what a device has already it need not download.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { blob, CONFIG_TYPE, MANIFEST_TYPE } from '../release/oci-image.ts'
import type { Layer, ReleasedImage } from './released-images.ts'

/** The layers that images begin with: of those that at least two have, the ones that spare a device most. Docker knows a layer by all that lies below it. */
export function sharedLayers(images: readonly (readonly Layer[])[]): readonly Layer[] {
  const beginnings = images.flatMap((layers) => layers.map((_, index) => layers.slice(0, index + 1)))
  let [best, most]: [readonly Layer[], number] = [[], 0]
  for (const beginning of beginnings) {
    const having = images.filter((layers) => beginning.every(({ digest }, index) => layers[index]?.digest === digest)).length
    const spared = having < 2 ? 0 : having * bytesOf(beginning)
    if (spared > most) [best, most] = [beginning, spared]
  }
  return best
}

export interface BaseImage {
  readonly layers: readonly Layer[]
  /** As the registry has them. */
  readonly bytes: number
}

/**
 * @param folder is replaced: an OCI image layout, its blobs compressed as the registry has them, since Docker knows them by these digests
 * @throws FleetError IMAGE_SOURCE_WRONG when the images share nothing; IMAGE_SOURCE_UNREACHABLE
 */
export async function layBaseImage(images: readonly ReleasedImage[], folder: string): Promise<BaseImage> {
  const layers = sharedLayers(images.map((image) => image.layers))
  const owner = images.find((image) => layers.every(({ digest }, index) => image.layers[index]?.digest === digest))
  if (layers.length === 0 || !owner) throw new FleetError('IMAGE_SOURCE_WRONG', 'no two images of the release share a layer: there is no base image that a card could carry', 'Publish a release whose components are built by components/Dockerfile.')
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true })
  for (const { digest } of layers) await cp(await owner.blob(digest), join(folder, 'blobs/sha256', hex(digest)))
  const config = await laid(folder, CONFIG_TYPE, { architecture: 'arm64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) } })
  const manifest = await laid(folder, MANIFEST_TYPE, { schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })) })
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }))
  return { layers, bytes: bytesOf(layers) }
}

async function laid(folder: string, mediaType: string, content: object) {
  const { digest, bytes } = blob(JSON.stringify(content))
  await writeFile(join(folder, 'blobs/sha256', hex(digest)), bytes)
  return { mediaType, digest, size: bytes.byteLength }
}

const bytesOf = (layers: readonly Layer[]): number => layers.reduce((sum, { size }) => sum + size, 0)
const hex = (digest: string): string => digest.slice('sha256:'.length)
