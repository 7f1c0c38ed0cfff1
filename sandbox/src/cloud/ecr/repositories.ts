// sandbox/src/cloud/ecr/repositories.ts: the repositories of the account's registry, as they are kept.
import type { EncryptionConfiguration, ImageTagMutability, ImageTagMutabilityExclusionFilter, Repository as Described } from '@aws-sdk/client-ecr'
import { type Account, arn } from '../account.ts'
import type { Store, Table } from '../store/store.ts'
import { invalidParameter, repositoryNotFound } from './ecr-error.ts'

export interface Repository {
  readonly name: string
  readonly createdAt: Date
  readonly mutability: ImageTagMutability
  readonly exclusionFilters: readonly ImageTagMutabilityExclusionFilter[]
  readonly scanOnPush: boolean
  readonly encryption: EncryptionConfiguration
  readonly tags: Readonly<Record<string, string>>
  /** JSON texts. */
  readonly lifecyclePolicy?: string
  /** The lifecycle policy of which a preview was asked for last. */
  readonly previewedPolicy?: string
  readonly policy?: string
}

export interface Repositories {
  readonly records: Table<Repository>
  /** @throws AwsError RepositoryNotFoundException; also for another account's registry */
  get(name: string | undefined, registryId?: string): Repository
  /** By the ARN that the operations on tags take. */
  byArn(repositoryArn: string | undefined): Repository
}

export const repositoryArn = (name: string, account: Account) => arn('ecr', account, `repository/${name}`)

export function repositoriesIn(store: Store, account: Account): Repositories {
  const records = store.table<Repository>('ecr_repositories')
  const get: Repositories['get'] = (name = '', registryId) => {
    const found = registryId === undefined || registryId === account.accountId ? records.get(name) : undefined
    if (!found) throw repositoryNotFound(name, registryId === undefined ? account : { ...account, accountId: registryId })
    return found
  }
  return {
    records,
    get,
    byArn(given = '') {
      const prefix = repositoryArn('', account)
      if (!given.startsWith(prefix)) throw invalidParameter(`Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`)
      return get(given.slice(prefix.length))
    },
  }
}

/** `host` is how this caller reaches the registry: images are pushed to `<host>/<repository>`. */
export function describedRepository(repository: Repository, account: Account, host: string): Described {
  const { name, createdAt, mutability, exclusionFilters, scanOnPush, encryption } = repository
  return {
    repositoryArn: repositoryArn(name, account),
    registryId: account.accountId,
    repositoryName: name,
    repositoryUri: `${host}/${name}`,
    createdAt,
    imageTagMutability: mutability,
    ...(exclusionFilters.length > 0 ? { imageTagMutabilityExclusionFilters: [...exclusionFilters] } : {}),
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration: encryption,
  }
}

/** Whether a pushed tag may not be moved: by the repository's setting, turned round for tags that a filter names. */
export function isImmutable({ mutability, exclusionFilters }: Repository, tag: string): boolean {
  const excluded = exclusionFilters.some(({ filter = '' }) => wildcard(filter).test(tag))
  if (mutability === 'IMMUTABLE_WITH_EXCLUSION') return !excluded
  return mutability === 'IMMUTABLE' || (mutability === 'MUTABLE_WITH_EXCLUSION' && excluded)
}

/** `*` stands for zero or more characters (API reference, ImageTagMutabilityExclusionFilter). */
export const wildcard = (filter: string) => new RegExp(`^${filter.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('.*')}$`)
