// sandbox/src/cloud/ecr/image-operations.ts: the operations on the images of a repository.
import type { ImageFailure, ImageIdentifier, ImageScanStatus } from '@aws-sdk/client-ecr'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { OperationsOf } from '../service.ts'
import { invalidParameter } from './ecr-error.ts'
import { imageDetail, type Image, type Images } from './images.ts'
import { DIGEST, ManifestInvalid, TAG } from './manifest.ts'
import { pageOf } from './pages.ts'
import type { Repositories } from './repositories.ts'

export interface ImageOptions {
  readonly account: Account
  readonly repositories: Repositories
  readonly images: Images
  /** Runs after an image was put: lifecycle policy. */
  readonly onPush: (repository: string) => void
}

/** What is told of every scan: nothing is looked for, so nothing is claimed. FAILED also ends a waiting client at once. */
const NOT_SCANNED: ImageScanStatus = { status: 'FAILED', description: 'The sandbox has no vulnerability database: this image was not scanned.' }

type Ecr = OperationsOf<typeof import('@aws-sdk/client-ecr')>

export function imageOperations({ account, repositories, images, onPush }: ImageOptions): Ecr {
  const detail = (repository: string, image: Image) => imageDetail(image, { repository, account, tags: images.tagsOf(repository, image.digest) })
  const scanned = ({ repositoryName, registryId, imageId }: { repositoryName?: string | undefined; registryId?: string | undefined; imageId?: ImageIdentifier | undefined }) => {
    const { name } = repositories.get(repositoryName, registryId)
    const { digest } = images.get(name, imageId ?? {})
    return { registryId: account.accountId, repositoryName: name, imageId: { ...imageId, imageDigest: digest }, imageScanStatus: NOT_SCANNED }
  }
  return {
    PutImage(input) {
      const repository = repositories.get(input.repositoryName, input.registryId)
      if (input.imageTag !== undefined && !TAG.test(input.imageTag)) throw invalidParameter(`Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular expression '${TAG.source}''`)
      const pushed = { bytes: Buffer.from(input.imageManifest ?? ''), mediaType: input.imageManifestMediaType, tag: input.imageTag, digest: input.imageDigest, refuseSame: true }
      const image = putting(() => images.put(repository, pushed))
      onPush(repository.name)
      return { image: asImage(image, repository.name, account, input.imageTag) }
    },
    BatchGetImage({ repositoryName, registryId, imageIds = [] }) {
      const { name } = repositories.get(repositoryName, registryId)
      const asked = imageIds.map((id) => ({ id, image: images.find(name, id) }))
      for (const { image } of asked) if (image) images.pulled(name, image)
      return {
        images: asked.flatMap(({ id, image }) => (image ? [asImage(image, name, account, id.imageTag)] : [])),
        failures: asked.flatMap(({ id, image }) => (image ? [] : [missing(id)])),
      }
    },
    BatchDeleteImage({ repositoryName, registryId, imageIds = [] }) {
      const { name } = repositories.get(repositoryName, registryId)
      const going = new Set(imageIds.map((id) => images.find(name, id)?.digest))
      const gone: ImageIdentifier[] = []
      const failures: ImageFailure[] = []
      for (const id of imageIds) {
        const image = images.find(name, id)
        if (!image) failures.push(missing(id))
        else if (isListed(image, images.all(name), going)) failures.push({ imageId: id, failureCode: 'ImageReferencedByManifestList', failureReason: 'Requested image referenced by manifest list' })
        else {
          images.delete(name, id)
          gone.push({ ...id, imageDigest: image.digest })
        }
      }
      return { imageIds: gone, failures }
    },
    ListImages({ repositoryName, registryId, maxResults, nextToken, filter }) {
      const { name } = repositories.get(repositoryName, registryId)
      const tagged = images.tags(name).map(([imageTag, imageDigest]) => ({ imageTag, imageDigest }))
      const untagged = images.all(name).filter(({ digest }) => images.tagsOf(name, digest).length === 0).map(({ digest }) => ({ imageDigest: digest }))
      const ids: ImageIdentifier[] = [...(filter?.tagStatus === 'UNTAGGED' ? [] : tagged), ...(filter?.tagStatus === 'TAGGED' ? [] : untagged)]
      const { page, ...token } = pageOf(ids, idKey, { maxResults, nextToken, usual: 100 })
      return { imageIds: [...page], ...token }
    },
    DescribeImages({ repositoryName, registryId, imageIds, maxResults, nextToken, filter }) {
      const { name } = repositories.get(repositoryName, registryId)
      const found = imageIds ? [...new Map(imageIds.map((id) => images.get(name, id)).map((image) => [image.digest, image])).values()] : images.all(name)
      const wanted = found.filter(({ digest }) => !filter?.tagStatus || filter.tagStatus === 'ANY' || (filter.tagStatus === 'TAGGED') === images.tagsOf(name, digest).length > 0)
      const { page, ...token } = pageOf(wanted, ({ digest }) => digest, { maxResults, nextToken, usual: 100 })
      return { imageDetails: page.map((image) => detail(name, image)), ...token }
    },
    StartImageScan: (input) => scanned(input),
    DescribeImageScanFindings: (input) => scanned(input),
  }
}

/** Also for pushes by HTTP: what AWS calls a malformed manifest. */
export function putting<T>(put: () => T): T {
  try {
    return put()
  } catch (cause) {
    if (cause instanceof ManifestInvalid) throw new AwsError('InvalidParameterException', `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' or schema: ${cause.message}`, { cause })
    throw cause
  }
}

const asImage = (image: Image, repository: string, { accountId }: Account, tag: string | undefined) => ({
  registryId: accountId,
  repositoryName: repository,
  imageId: { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) },
  imageManifest: image.text,
  imageManifestMediaType: image.mediaType,
})

function missing(id: ImageIdentifier): ImageFailure {
  if (id.imageDigest === undefined && id.imageTag === undefined) return { imageId: id, failureCode: 'MissingDigestAndTag', failureReason: 'Invalid request parameters: both tag and digest cannot be null' }
  if (id.imageDigest !== undefined && !DIGEST.test(id.imageDigest)) return { imageId: id, failureCode: 'InvalidImageDigest', failureReason: 'Invalid request parameters: image digest should satisfy the regex' }
  return { imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }
}

/** An image that an index lists goes only together with the index. */
const isListed = (image: Image, all: readonly Image[], going: ReadonlySet<string | undefined>) => all.some(({ digest, manifests }) => manifests.includes(image.digest) && !going.has(digest))

const idKey = ({ imageDigest = '', imageTag = '' }: ImageIdentifier) => `${imageDigest} ${imageTag}`
