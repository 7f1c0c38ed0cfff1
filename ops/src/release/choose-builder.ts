// ops/src/release/choose-builder.ts: which image builder a target gets: devices of AWS need whole images, the sandbox's only the bundle.
import { FleetError } from '@fleet/contract/errors'
import type { Target } from '../target/target.ts'
import { dockerBuilder, hasDocker } from './docker-buildx.ts'
import type { ImageBuilder } from './image-builder.ts'
import { plainOciBuilder } from './plain-oci.ts'

export const BUILDERS = ['docker', 'plain-oci'] as const

/** @throws FleetError DOCKER_MISSING, USAGE */
export async function chosenBuilder({ kind }: Pick<Target, 'kind'>, wanted: (typeof BUILDERS)[number] | undefined): Promise<ImageBuilder> {
  if (wanted === 'plain-oci' && kind === 'aws') throw new FleetError('USAGE', 'images for AWS cannot be built by plain-oci', 'It leaves out Node and the GPIO tools, which real devices have from the image alone. Use --builder docker.')
  if (wanted === 'plain-oci' || (wanted === undefined && kind !== 'aws')) return plainOciBuilder
  if (await hasDocker()) return dockerBuilder()
  throw new FleetError('DOCKER_MISSING', 'no Docker daemon answers, and the images for devices are built with it', 'Start Docker (docker info shows whether it runs), or publish from the pipeline.')
}
