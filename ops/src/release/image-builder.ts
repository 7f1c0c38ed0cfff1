// ops/src/release/image-builder.ts: the port to whatever builds images: two adapters, with Docker and without.
import type { ComponentSource } from './component-source.ts'

export interface ImageOrder {
  readonly source: ComponentSource
  readonly registry: ImageRegistry
  /** By which a later run knows what is in an image. */
  readonly annotations: Readonly<Record<string, string>>
}

export interface ImageRegistry {
  /** `https://…dkr.ecr…amazonaws.com` */
  readonly origin: string
  /** `fleet-dev/led` */
  readonly repository: string
  /** `<registry>/<repository>` as an image's name begins. */
  readonly uri: string
  readonly user: string
  readonly password: string
}

export interface ImageBuilder {
  readonly name: 'docker' | 'plain-oci'
  /** Builds the image for arm64, pushes it with the version as its tag; answers the digest. @throws FleetError */
  readonly publish: (order: ImageOrder) => Promise<string>
}

/** Annotation of image manifests: the digest of the component's content. */
export const CONTENT_ANNOTATION = 'org.fleetwright.content-digest'
