// ops/src/image/released-images.ts: of which layers the images of a stage's current release are made, and how one gets them from its registry.
import { ECRClient } from '@aws-sdk/client-ecr'
import { S3Client } from '@aws-sdk/client-s3'
import { readFile } from 'node:fs/promises'
import { FleetError } from '@fleet/contract/errors'
import type { ReleasedComponent } from '@fleet/contract/release'
import * as z from 'zod'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { objectStore } from '../aws/objects.ts'
import { MANIFEST_TYPES, registries } from '../release/image-registry.ts'
import { currentRelease } from '../release/manifest-store.ts'
import { basicAuthorization, type Registry } from '../release/oci-push.ts'
import type { Target } from '../target/target.ts'
import { fetched } from './fetch-source.ts'

/** A layer as the registry has it: it is known by what it is compressed to. */
export interface Layer {
  readonly mediaType: string
  readonly digest: string
  /** Bytes. */
  readonly size: number
  /** Of what it holds, not compressed. */
  readonly diffId: string
}

export interface ReleasedImage {
  /** The lowest first. */
  readonly layers: readonly Layer[]
  /** Resolves to a file of the cache. @throws FleetError IMAGE_SOURCE_UNREACHABLE, IMAGE_SOURCE_WRONG */
  readonly blob: (digest: string) => Promise<string>
}

/** An image in its registry. */
export interface Place extends Registry {
  readonly digest: string
}

/** Of each component, in the release's order. @throws FleetError RELEASE_MISSING when there is none yet, IMAGE_SOURCE_UNREACHABLE, IMAGE_SOURCE_WRONG */
export const releasedImages = (target: Target, cache: string): Promise<readonly ReleasedImage[]> =>
  explaining(target, async () => {
    const release = await currentRelease(objectStore(named(new S3Client(s3Config(target))), target.names.provisioningBucket))
    if (!release) throw new FleetError('RELEASE_MISSING', `${target.names.provisioningBucket} names no release: what the components stand on, which the card is to carry, is not known yet`, 'Run `fleet release publish`, then build the image.')
    const images = release.manifest.components.map(namedBy)
    const places = await registries(named(new ECRClient(clientConfig(target))), images.map(({ repository }) => repository))
    return Promise.all(
      images.map(({ repository, digest }) => {
        const { origin = '', user = '', password = '' } = places.get(repository) ?? {}
        return imageAt({ origin, repository, digest, authorization: basicAuthorization({ user, password }) }, cache)
      }),
    )
  })

/** `<registry>/<repository>@sha256:…` */
function namedBy({ image }: ReleasedComponent): Pick<Place, 'repository' | 'digest'> {
  const [name = '', digest = ''] = image.split('@')
  return { repository: name.slice(name.indexOf('/') + 1), digest }
}

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const Descriptor = z.object({ mediaType: z.string(), digest: Digest, size: z.number().int().nonnegative() })
const Index = z.object({ manifests: z.array(Descriptor.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() })) })
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) })
const Config = z.object({ rootfs: z.object({ diff_ids: z.array(Digest) }) })

/** What arm64 runs of it. @throws FleetError IMAGE_SOURCE_UNREACHABLE, IMAGE_SOURCE_WRONG */
export async function imageAt({ origin, repository, digest, authorization }: Place, cache: string): Promise<ReleasedImage> {
  const read = (kind: 'manifests' | 'blobs', digest: string) => {
    return fetched({ url: new URL(`/v2/${repository}/${kind}/${digest}`, origin).href, sha256: digest.slice('sha256:'.length) }, cache, { authorization, accept: MANIFEST_TYPES.join(', ') })
  }
  const json = async (kind: 'manifests' | 'blobs', digest: string) => JSON.parse(await readFile(await read(kind, digest), 'utf8')) as unknown
  const first = await json('manifests', digest)
  const index = Index.safeParse(first)
  const ours = index.data?.manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'arm64')
  if (index.success && !ours) throw new FleetError('IMAGE_SOURCE_WRONG', `${repository}@${digest} has nothing for linux/arm64`, 'Publish the release anew.')
  const { config, layers } = Manifest.parse(ours ? await json('manifests', ours.digest) : first)
  const { rootfs } = Config.parse(await json('blobs', config.digest))
  return { layers: layers.map((layer, at) => ({ ...layer, diffId: rootfs.diff_ids[at] ?? '' })), blob: (wanted) => read('blobs', wanted) }
}
