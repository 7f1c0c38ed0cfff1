// ops/src/release/plain-oci.ts: builds images without Docker: bundle and addon alone, on no base. For the sandbox, whose Pis bring their own Node.
import { imageSettings } from './dockerfile.ts'
import type { ImageBuilder } from './image-builder.ts'
import { ociImage } from './oci-image.ts'
import { basicAuthorization, pushImage } from './oci-push.ts'

export const plainOciBuilder: ImageBuilder = plainOci([])

/** @param base layers below, as tar: with Node in them the image runs on a machine that brings none (os-image/test/uefi) */
export function plainOci(base: readonly Uint8Array[]): ImageBuilder {
  return {
    name: 'plain-oci',
    async publish({ source, registry, annotations }) {
      const image = await ociImage({ base, files: source.files, settings: imageSettings(source.dockerfile), annotations })
      await pushImage(image, source.version, { origin: registry.origin, repository: registry.repository, authorization: basicAuthorization(registry) })
      return image.digest
    },
  }
}
