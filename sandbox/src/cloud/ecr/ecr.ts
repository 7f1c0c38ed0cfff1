// sandbox/src/cloud/ecr/ecr.ts: Elastic Container Registry: its AWS API, and the OCI registry that containers are pulled from.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { Principal, Service } from '../service.ts'
import type { SignedDownloads } from '../signed-downloads.ts'
import type { Store } from '../store/store.ts'
import type { HttpRoute } from '../wire/http-route.ts'
import { authorizationTokens } from './authorization-token.ts'
import { imageOperations } from './image-operations.ts'
import { imagesIn } from './images.ts'
import { layerOperations } from './layer-operations.ts'
import { layersIn } from './layers.ts'
import { lifecycle } from './lifecycle-operations.ts'
import { registryRoute } from './registry/registry.ts'
import { repositoriesIn, type Repository, repositoryArn } from './repositories.ts'
import { repositoryOperations } from './repository-operations.ts'
import { repositoryPolicyPermits } from './repository-policy.ts'

export interface EcrOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly log: CloudLog
  readonly downloads: SignedDownloads
  /** Whether the principal's own policies allow this: everything for the account's key, deny by default for a role session. */
  readonly permits: (principal: Principal, action: string, resource: string) => boolean
}

export interface Ecr {
  readonly service: Service
  readonly route: HttpRoute
}

export function ecrService(options: EcrOptions): Ecr {
  const { account, store, clock, log, downloads } = options
  const repositories = repositoriesIn(store, account)
  const layers = layersIn(store)
  const images = imagesIn(store, { account, clock, layers })
  const tokens = authorizationTokens(store, clock)
  const { operations: lifecycleOperations, expire } = lifecycle({ account, clock, repositories, images })
  const common = { account, store, clock, repositories, images, layers, downloads, onPush: expire }
  const permits = (principal: Principal, action: string, repository: Repository) =>
    options.permits(principal, action, repositoryArn(repository.name, account)) || repositoryPolicyPermits(repository, principal, action, account)
  return {
    route: registryRoute({ ...common, log, tokens, permits, now: () => clock.now() }),
    service: {
      model: 'ecr',
      operations: {
        ...repositoryOperations(common),
        ...imageOperations(common),
        ...layerOperations(common),
        ...lifecycleOperations,
        DescribeRegistry: () => ({ registryId: account.accountId, replicationConfiguration: { rules: [] } }),
        GetAuthorizationToken: (_input: unknown, { principal, origin }: { readonly principal: Principal; readonly origin: string }) => {
          const { password, expiresAt } = tokens.issue(principal)
          return { authorizationData: [{ authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt, proxyEndpoint: origin }] }
        },
      },
      grants: grants(account),
    },
  }
}

const WITHOUT_REPOSITORY = new Set(['GetAuthorizationToken', 'DescribeRegistry'])
const BY_ARN = new Set(['ListTagsForResource', 'TagResource', 'UntagResource'])
const ON_REPOSITORY = [
  ...['CreateRepository', 'DeleteRepository', 'PutImageTagMutability', 'PutImageScanningConfiguration', 'SetRepositoryPolicy', 'GetRepositoryPolicy', 'DeleteRepositoryPolicy'],
  ...['PutImage', 'BatchGetImage', 'BatchDeleteImage', 'ListImages', 'DescribeImages', 'StartImageScan', 'DescribeImageScanFindings'],
  ...['BatchCheckLayerAvailability', 'GetDownloadUrlForLayer', 'InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload'],
  ...['PutLifecyclePolicy', 'GetLifecyclePolicy', 'DeleteLifecyclePolicy', 'StartLifecyclePolicyPreview', 'GetLifecyclePolicyPreview'],
]

/** Service authorization reference, «Amazon Elastic Container Registry»: all are on the repository, but the token, which is on `*`. */
function grants(account: Account): NonNullable<Service['grants']> {
  const on = (action: string, resources: readonly string[]) => ({ action: `ecr:${action}`, resources })
  return {
    ...Object.fromEntries([...WITHOUT_REPOSITORY].map((operation) => [operation, () => on(operation, ['*'])])),
    ...Object.fromEntries([...BY_ARN].map((operation) => [operation, ({ resourceArn = '' }: { resourceArn?: string }) => on(operation, [resourceArn])])),
    ...Object.fromEntries(ON_REPOSITORY.map((operation) => [operation, ({ repositoryName = '' }: { repositoryName?: string }) => on(operation, [repositoryArn(repositoryName, account)])])),
    DescribeRepositories: ({ repositoryNames = ['*'] }: { repositoryNames?: string[] }) => on('DescribeRepositories', repositoryNames.map((name) => repositoryArn(name, account))),
  }
}
