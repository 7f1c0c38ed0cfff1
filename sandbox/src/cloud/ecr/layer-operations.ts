// sandbox/src/cloud/ecr/layer-operations.ts: the operations by which clients of the AWS API, not of the registry's, bring and fetch layers.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import type { SignedDownloads } from '../signed-downloads.ts'
import { invalidLayer, uploadNotFound } from './ecr-error.ts'
import type { Layers } from './layers.ts'
import { DIGEST } from './manifest.ts'
import type { Repositories } from './repositories.ts'

export interface LayerOptions {
  readonly account: Account
  readonly clock: Clock
  readonly repositories: Repositories
  readonly layers: Layers
  readonly downloads: SignedDownloads
}

/** API reference, InitiateLayerUpload: what ECR asks its callers to send at a time. */
const PART_BYTES = 20_971_520
const DOWNLOAD = { kind: 'ecr-layer', seconds: 3600 } as const

export function layerOperations({ account, clock, repositories, layers, downloads }: LayerOptions): OperationsOf<typeof import('@aws-sdk/client-ecr')> {
  downloads.register(DOWNLOAD.kind, (key) => {
    const [repository = '', digest = ''] = key.split('@')
    const sizeBytes = layers.sizeOf(repository, digest)
    return sizeBytes === undefined ? undefined : { sizeBytes, read: (from, to) => layers.read(digest, from, to) }
  })
  const uploading = (repositoryName: string | undefined, registryId: string | undefined, uploadId = '') => {
    const { name } = repositories.get(repositoryName, registryId)
    const received = layers.received(name, uploadId)
    if (received === undefined) throw uploadNotFound(uploadId, name, account)
    return { name, uploadId, received }
  }
  return {
    BatchCheckLayerAvailability({ repositoryName, registryId, layerDigests = [] }) {
      const { name } = repositories.get(repositoryName, registryId)
      const wellFormed = layerDigests.filter((digest) => DIGEST.test(digest))
      return {
        layers: wellFormed.map((layerDigest) => {
          const layerSize = layers.sizeOf(name, layerDigest)
          return layerSize === undefined
            ? { layerDigest, layerAvailability: 'UNAVAILABLE' as const }
            : { layerDigest, layerAvailability: 'AVAILABLE' as const, layerSize, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }
        }),
        failures: layerDigests
          .filter((digest) => !DIGEST.test(digest))
          .map((layerDigest) => ({ layerDigest, failureCode: 'InvalidLayerDigest' as const, failureReason: 'Invalid layer digest' })),
      }
    },
    GetDownloadUrlForLayer({ repositoryName, registryId, layerDigest = '' }, { origin }) {
      const { name } = repositories.get(repositoryName, registryId)
      if (layers.sizeOf(name, layerDigest) === undefined)
        throw new AwsError(
          'LayersNotFoundException',
          `The layer with digest '${layerDigest}' does not exist in the repository with name '${name}' in the registry with id '${account.accountId}'`,
        )
      return { downloadUrl: downloads.url(origin, { ...DOWNLOAD, key: `${name}@${layerDigest}` }), layerDigest }
    },
    InitiateLayerUpload({ repositoryName, registryId }) {
      const { name } = repositories.get(repositoryName, registryId)
      return { uploadId: layers.begin(name, clock.now()), partSize: PART_BYTES }
    },
    UploadLayerPart({ repositoryName, registryId, uploadId, partFirstByte = 0, partLastByte = 0, layerPartBlob = new Uint8Array() }) {
      const upload = uploading(repositoryName, registryId, uploadId)
      if (partFirstByte !== upload.received || partLastByte - partFirstByte + 1 !== layerPartBlob.byteLength)
        throw new AwsError(
          'InvalidLayerPartException',
          'The layer part size is not valid, or the first byte specified is not consecutive to the last byte of a previous layer part upload.',
          {
            members: { registryId: account.accountId, repositoryName: upload.name, uploadId: upload.uploadId, ...(upload.received === 0 ? {} : { lastValidByteReceived: upload.received - 1 }) },
          },
        )
      layers.append(upload.uploadId, layerPartBlob)
      return { registryId: account.accountId, repositoryName: upload.name, uploadId: upload.uploadId, lastByteReceived: partLastByte }
    },
    CompleteLayerUpload({ repositoryName, registryId, uploadId, layerDigests = [] }) {
      const upload = uploading(repositoryName, registryId, uploadId)
      if (upload.received === 0) throw new AwsError('EmptyUploadException', 'The specified layer upload does not contain any layer parts.')
      const layerDigest = layers.digest(upload.uploadId)
      if (layerDigests.length > 0 && !layerDigests.includes(layerDigest))
        throw invalidLayer(`Layer digests '[${layerDigests.join(', ')}]' do not match the calculated digest '${layerDigest}'`)
      if (layers.sizeOf(upload.name, layerDigest) !== undefined) {
        layers.cancel(upload.uploadId)
        throw new AwsError(
          'LayerAlreadyExistsException',
          `Layer with digest '${layerDigest}' already exists in the repository with name '${upload.name}' in the registry with id '${account.accountId}'`,
        )
      }
      layers.complete(upload.uploadId, layerDigest)
      return { registryId: account.accountId, repositoryName: upload.name, uploadId: upload.uploadId, layerDigest }
    },
  }
}
