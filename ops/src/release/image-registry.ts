// ops/src/release/image-registry.ts: the stage's image repositories in ECR: where they are, how one logs in, and what is already there.
import { BatchGetImageCommand, DescribeRepositoriesCommand, GetAuthorizationTokenCommand, type ECRClient } from '@aws-sdk/client-ecr'
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'
import { CONTENT_ANNOTATION, type ImageRegistry } from './image-builder.ts'

/** Each repository with the credentials for a push; two calls. @throws FleetError REGISTRY_UNUSABLE */
export async function registries(ecr: ECRClient, names: readonly string[]): Promise<ReadonlyMap<string, ImageRegistry>> {
  const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [...names] }))
  const { authorizationData: [token] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const [user = '', password = ''] = Buffer.from(token?.authorizationToken ?? '', 'base64').toString('utf8').split(/:(.*)/s)
  const origin = token?.proxyEndpoint
  if (origin === undefined || password === '') throw new FleetError('REGISTRY_UNUSABLE', 'ECR gave no credentials for a push', 'Run the same again; if it stays so, look at the service health of ECR.')
  return new Map(repositories.map(({ repositoryName = '', repositoryUri = '' }) => [repositoryName, { origin, repository: repositoryName, uri: repositoryUri, user, password }]))
}

export interface PublishedImage {
  readonly digest: string
  /** undefined when it was not published by fleet. */
  readonly contentDigest: string | undefined
}

const Annotated = z.object({ annotations: z.record(z.string(), z.string()).optional() })
/** OCI's words, and Docker's for the same: of one machine, and of several. */
export const MANIFEST_TYPES = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.docker.distribution.manifest.list.v2+json']

/** The image with this tag: a former run may have pushed it. */
export async function publishedImage(ecr: ECRClient, repositoryName: string, imageTag: string): Promise<PublishedImage | undefined> {
  const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag }], acceptedMediaTypes: MANIFEST_TYPES }))
  const digest = image?.imageId?.imageDigest
  if (digest === undefined) return undefined
  const manifest = Annotated.safeParse(JSON.parse(image?.imageManifest ?? '{}'))
  return { digest, contentDigest: manifest.data?.annotations?.[CONTENT_ANNOTATION] }
}
