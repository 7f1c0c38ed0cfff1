// sandbox/src/cloud/ecr/images.ts: the images of a repository: manifests by digest, and the tags that point at them.
import type { ImageDetail, ImageIdentifier } from '@aws-sdk/client-ecr'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import { keyOf, partsOf, prefixOf, type Store } from '../store/store.ts'
import { digestDoesNotMatch, imageAlreadyExists, imageNotFound, layersNotFound, referencedImagesNotFound, tagIsTaken } from './ecr-error.ts'
import type { Layers } from './layers.ts'
import { type Manifest, readManifest } from './manifest.ts'
import { isImmutable, type Repository } from './repositories.ts'

export interface Image extends Manifest {
  /** The manifest's exact text: its digest is over these bytes. */
  readonly text: string
  readonly pushedAt: Date
  readonly pulledAt?: Date
  /** Of its layers and configuration; of an index: of nothing. */
  readonly sizeBytes: number
}

export interface Images {
  /** @throws AwsError ImageNotFoundException */
  get(repository: string, id: ImageIdentifier): Image
  find(repository: string, id: ImageIdentifier): Image | undefined
  tagsOf(repository: string, digest: string): readonly string[]
  /** All tags with their digests, by name. */
  tags(repository: string): readonly (readonly [tag: string, digest: string])[]
  all(repository: string): readonly Image[]
  /** @throws AwsError, ManifestInvalid */
  put(repository: Repository, image: PushedImage): Image
  /** Notes a pull, to the day: ECR refreshes `lastRecordedPullTime` at most once every 24 hours. */
  pulled(repository: string, image: Image): void
  /** Takes the tag away, or the image with all its tags. */
  delete(repository: string, id: ImageIdentifier): void
  deleteAll(repository: string): void
}

export interface PushedImage {
  readonly bytes: Uint8Array
  readonly mediaType?: string | undefined
  readonly tag?: string | undefined
  readonly digest?: string | undefined
  /** Whether pushing again what is there is refused, as PutImage does, and a push by HTTP does not. */
  readonly refuseSame: boolean
}

const DAY_MS = 24 * 60 * 60_000

export function imagesIn(store: Store, { account, clock, layers }: { account: Account; clock: Clock; layers: Layers }): Images {
  const images = store.table<Image>('ecr_images') // repository, digest
  const tags = store.table<string>('ecr_tags') // repository, tag → digest
  const reverse = store.table<true>('ecr_image_tags') // repository, digest, tag
  const untag = (repository: string, tag: string) => {
    const digest = tags.get(keyOf(repository, tag))
    tags.delete(keyOf(repository, tag))
    if (digest !== undefined) reverse.delete(keyOf(repository, digest, tag))
  }
  const find: Images['find'] = (repository, { imageDigest, imageTag }) => {
    const tagged = imageTag === undefined ? undefined : tags.get(keyOf(repository, imageTag))
    if (imageTag !== undefined && (tagged === undefined || (imageDigest !== undefined && imageDigest !== tagged))) return undefined
    const digest = imageDigest ?? tagged
    return digest === undefined ? undefined : images.get(keyOf(repository, digest))
  }
  const tagsOf: Images['tagsOf'] = (repository, digest) => reverse.all(prefixOf(repository, digest)).map(([key]) => partsOf(key)[2] ?? '')
  const all: Images['all'] = (repository) => images.all(prefixOf(repository)).map(([, image]) => image)
  const put = (repository: Repository, { bytes, mediaType, tag, digest, refuseSame }: PushedImage): Image => {
    const { name } = repository
    const manifest = readManifest(bytes, mediaType)
    if (digest !== undefined && digest !== manifest.digest) throw digestDoesNotMatch(digest, manifest.digest)
    const taken = tag === undefined ? undefined : tags.get(keyOf(name, tag))
    if (tag !== undefined && taken !== undefined && isImmutable(repository, tag)) throw tagIsTaken(tag, name)
    const before = images.get(keyOf(name, manifest.digest))
    if (refuseSame && before && (tag === undefined || taken === manifest.digest)) throw imageAlreadyExists(manifest.digest, tag, name, account)
    const missing = manifest.blobs.filter((blob) => layers.sizeOf(name, blob.digest) === undefined)
    if (missing.length > 0) throw layersNotFound(missing.map((blob) => blob.digest), name, account)
    const unknown = manifest.manifests.filter((child) => !images.get(keyOf(name, child)))
    if (unknown.length > 0) throw referencedImagesNotFound(unknown, name, account)
    const sizeBytes = manifest.blobs.reduce((sum, blob) => sum + (layers.sizeOf(name, blob.digest) ?? 0), 0)
    const image = before ?? { ...manifest, text: new TextDecoder().decode(bytes), pushedAt: clock.now(), sizeBytes }
    images.put(keyOf(name, image.digest), image)
    if (tag !== undefined) {
      untag(name, tag)
      tags.put(keyOf(name, tag), image.digest)
      reverse.put(keyOf(name, image.digest, tag), true)
    }
    return image
  }
  const remove = (repository: string, image: Image) => {
    for (const tag of tagsOf(repository, image.digest)) untag(repository, tag)
    images.delete(keyOf(repository, image.digest))
    const stillNeeded = new Set(all(repository).flatMap(({ blobs }) => blobs.map(({ digest }) => digest)))
    layers.drop(repository, image.blobs.map(({ digest }) => digest).filter((digest) => !stillNeeded.has(digest)))
  }
  return {
    find,
    get(repository, id) {
      const image = find(repository, id)
      if (!image) throw imageNotFound(id, repository, account)
      return image
    },
    tagsOf,
    tags: (repository) => tags.all(prefixOf(repository)).map(([key, digest]) => [partsOf(key)[1] ?? '', digest] as const),
    all,
    put: (repository, image) => store.transaction(() => put(repository, image)),
    pulled(repository, image) {
      const now = clock.now()
      if (image.pulledAt && now.getTime() - image.pulledAt.getTime() < DAY_MS) return
      images.put(keyOf(repository, image.digest), { ...image, pulledAt: now })
    },
    delete: (repository, id) =>
      store.transaction(() => {
        const image = find(repository, id)
        if (!image) throw imageNotFound(id, repository, account)
        if (id.imageTag !== undefined && id.imageDigest === undefined && tagsOf(repository, image.digest).length > 1) untag(repository, id.imageTag)
        else remove(repository, image)
      }),
    deleteAll: (repository) =>
      store.transaction(() => {
        for (const [tag] of tags.all(prefixOf(repository)).map(([key]) => [partsOf(key)[1] ?? ''] as const)) untag(repository, tag)
        for (const [key] of images.all(prefixOf(repository))) images.delete(key)
        layers.drop(repository)
      }),
  }
}

export function imageDetail(image: Image, { repository, account, tags }: { repository: string; account: Account; tags: readonly string[] }): ImageDetail {
  return {
    registryId: account.accountId,
    repositoryName: repository,
    imageDigest: image.digest,
    ...(tags.length > 0 ? { imageTags: [...tags] } : {}),
    imageSizeInBytes: image.sizeBytes,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
    ...(image.artifactMediaType === undefined ? {} : { artifactMediaType: image.artifactMediaType }),
    ...(image.pulledAt ? { lastRecordedPullTime: image.pulledAt } : {}),
    ...(image.subject === undefined ? {} : { subjectManifestDigest: image.subject }),
    imageStatus: 'ACTIVE',
  }
}
