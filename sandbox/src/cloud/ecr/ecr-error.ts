// sandbox/src/cloud/ecr/ecr-error.ts: ECR's refusals in ECR's words.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { ImageIdentifier } from '@aws-sdk/client-ecr'

const within = (repository: string, { accountId }: Account) => `the repository with name '${repository}' in the registry with id '${accountId}'`

export const repositoryNotFound = (repository: string, { accountId }: Account) =>
  new AwsError('RepositoryNotFoundException', `The repository with name '${repository}' does not exist in the registry with id '${accountId}'`)

export const repositoryAlreadyExists = (repository: string, { accountId }: Account) =>
  new AwsError('RepositoryAlreadyExistsException', `The repository with name '${repository}' already exists in the registry with id '${accountId}'`)

export const repositoryNotEmpty = (repository: string, { accountId }: Account) =>
  new AwsError('RepositoryNotEmptyException', `The repository with name '${repository}' in registry with id '${accountId}' cannot be deleted because it still contains images`)

export const imageNotFound = ({ imageDigest, imageTag }: ImageIdentifier, repository: string, account: Account) =>
  new AwsError('ImageNotFoundException', `The image with imageId {imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'} does not exist within ${within(repository, account)}`)

export const tagIsTaken = (tag: string, repository: string) =>
  new AwsError('ImageTagAlreadyExistsException', `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`)

export const imageAlreadyExists = (digest: string, tag: string | undefined, repository: string, account: Account) =>
  new AwsError('ImageAlreadyExistsException', `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in ${within(repository, account)}`)

export const layersNotFound = (digests: readonly string[], repository: string, account: Account) =>
  new AwsError('LayersNotFoundException', `Layers with digests '[${digests.join(', ')}]' required for pushing image into ${within(repository, account)} do not exist`)

export const referencedImagesNotFound = (digests: readonly string[], repository: string, account: Account) =>
  new AwsError('ReferencedImagesNotFoundException', `Images with digests '[${digests.join(', ')}]' required for pushing image into ${within(repository, account)} do not exist`)

export const digestDoesNotMatch = (given: string, calculated: string) =>
  new AwsError('ImageDigestDoesNotMatchException', `The provided digest '${given}' does not match the calculated digest '${calculated}'`)

export const uploadNotFound = (uploadId: string, repository: string, account: Account) =>
  new AwsError('UploadNotFoundException', `The upload with id '${uploadId}' could not be found in ${within(repository, account)}`)

export const invalidLayer = (message: string) => new AwsError('InvalidLayerException', message)

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)
