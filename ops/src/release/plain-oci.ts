// ops/src/release/plain-oci.ts: builds images without Docker: bundle and addon alone, on no base. For the sandbox, whose Pis bring their own Node.
import { imageSettings } from './dockerfile.ts'
import type { ImageBuilder } from './image-builder.ts'
import { ociImage } from './oci-image.ts'
import { pushImage } from './oci-push.ts'

export const plainOciBuilder: ImageBuilder = {
  name: 'plain-oci',
  async publish({ source, registry, annotations }) {
    const image = await ociImage({ files: source.files, settings: imageSettings(source.dockerfile), annotations })
    const authorization = `Basic ${Buffer.from(`${registry.user}:${registry.password}`).toString('base64')}`
    await pushImage(image, source.version, { origin: registry.origin, repository: registry.repository, authorization })
    return image.digest
  },
}
