// sandbox/src/cloud/ecr/repository-operations.ts: the operations on repositories and their settings.
import type { Tag } from '@aws-sdk/client-ecr'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { matching, notLongerThan, notShorterThan, oneOf, violations } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import type { Store } from '../store/store.ts'
import { invalidParameter, repositoryAlreadyExists, repositoryNotEmpty } from './ecr-error.ts'
import type { Images } from './images.ts'
import { pageOf } from './pages.ts'
import { describedRepository, type Repositories, type Repository } from './repositories.ts'
import { checkRepositoryPolicy } from './repository-policy.ts'

/** API reference, CreateRepository. */
const REPOSITORY_NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/
const MUTABILITIES = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION']

export interface RepositoryOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly repositories: Repositories
  readonly images: Images
}

type Ecr = OperationsOf<typeof import('@aws-sdk/client-ecr')>
type Named = { readonly repositoryName?: string | undefined; readonly registryId?: string | undefined }

/**
 * Where images are pushed to and pulled from, as this caller reaches us. On this machine it is called as in AWS but for its end, because
 * clients (the Greengrass nucleus) tell by the name that a registry is ECR and wants its password; `*.localhost` is this machine (RFC 6761 §6.3).
 */
export function registryHost(origin: string, { accountId, region }: Account): string {
  const { host, hostname, port } = new URL(origin)
  if (!/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return host
  return `${accountId}.dkr.ecr.${region}.amazonaws.localhost${port === '' ? '' : `:${port}`}`
}

export function repositoryOperations({ account, store, clock, repositories, images }: RepositoryOptions): Ecr {
  const named = ({ repositoryName, registryId }: Named) => repositories.get(repositoryName, registryId)
  const change = (input: Named, members: Partial<Repository>) => {
    const repository = { ...named(input), ...members }
    repositories.records.put(repository.name, repository)
    return { registryId: account.accountId, repositoryName: repository.name }
  }
  return {
    CreateRepository(input, { origin }) {
      const message = violations(
        ['repositoryName', input.repositoryName, notShorterThan(2), notLongerThan(256), matching(REPOSITORY_NAME)],
        ['imageTagMutability', input.imageTagMutability, oneOf(...MUTABILITIES)],
        ['imageTagMutabilityExclusionFilters', input.imageTagMutabilityExclusionFilters, notShorterThan(1), notLongerThan(5)],
        ['encryptionConfiguration.encryptionType', input.encryptionConfiguration?.encryptionType, oneOf('AES256', 'KMS', 'KMS_DSSE')],
      )
      const name = input.repositoryName
      if (message || !name) throw invalidParameter(message ?? 'repositoryName is required')
      if (repositories.records.get(name)) throw repositoryAlreadyExists(name, account)
      const repository: Repository = {
        name,
        createdAt: clock.now(),
        mutability: input.imageTagMutability ?? 'MUTABLE',
        exclusionFilters: input.imageTagMutabilityExclusionFilters ?? [],
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
        encryption: input.encryptionConfiguration ?? { encryptionType: 'AES256' },
        tags: tagsOf(input.tags),
      }
      repositories.records.put(name, repository)
      return { repository: describedRepository(repository, account, registryHost(origin, account)) }
    },
    DescribeRepositories({ repositoryNames, registryId, maxResults, nextToken }, { origin }) {
      const found = repositoryNames?.map((repositoryName) => named({ repositoryName, registryId })) ?? repositories.records.all().map(([, repository]) => repository)
      const { page, nextToken: token } = pageOf(found, ({ name }) => name, { maxResults, nextToken, usual: 100 })
      return { repositories: page.map((repository) => describedRepository(repository, account, registryHost(origin, account))), ...(token === undefined ? {} : { nextToken: token }) }
    },
    DeleteRepository: (input, { origin }) =>
      store.transaction(() => {
        const repository = named(input)
        if (!input.force && images.all(repository.name).length > 0) throw repositoryNotEmpty(repository.name, account)
        images.deleteAll(repository.name)
        repositories.records.delete(repository.name)
        return { repository: describedRepository(repository, account, registryHost(origin, account)) }
      }),
    PutImageTagMutability(input) {
      const message = violations(['imageTagMutability', input.imageTagMutability, oneOf(...MUTABILITIES)])
      if (message || !input.imageTagMutability) throw invalidParameter(message ?? 'imageTagMutability is required')
      const exclusionFilters = input.imageTagMutabilityExclusionFilters ?? []
      return { ...change(input, { mutability: input.imageTagMutability, exclusionFilters }), imageTagMutability: input.imageTagMutability, imageTagMutabilityExclusionFilters: exclusionFilters }
    },
    PutImageScanningConfiguration(input) {
      const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false
      return { ...change(input, { scanOnPush }), imageScanningConfiguration: { scanOnPush } }
    },
    SetRepositoryPolicy(input) {
      const { policyText = '' } = input
      checkRepositoryPolicy(policyText)
      return { ...change(input, { policy: policyText }), policyText }
    },
    GetRepositoryPolicy: (input) => ({ registryId: account.accountId, repositoryName: input.repositoryName ?? '', policyText: policyOf(named(input), account) }),
    DeleteRepositoryPolicy(input) {
      const { policy: _, ...rest } = named(input)
      const policyText = policyOf(named(input), account)
      repositories.records.put(rest.name, rest)
      return { registryId: account.accountId, repositoryName: rest.name, policyText }
    },
    ListTagsForResource: ({ resourceArn }) => ({ tags: Object.entries(repositories.byArn(resourceArn).tags).map(([Key, Value]) => ({ Key, Value })) }),
    TagResource({ resourceArn, tags }) {
      const repository = repositories.byArn(resourceArn)
      repositories.records.put(repository.name, { ...repository, tags: { ...repository.tags, ...tagsOf(tags) } })
      return {}
    },
    UntagResource({ resourceArn, tagKeys = [] }) {
      const repository = repositories.byArn(resourceArn)
      const tags = Object.fromEntries(Object.entries(repository.tags).filter(([key]) => !tagKeys.includes(key)))
      repositories.records.put(repository.name, { ...repository, tags })
      return {}
    },
  }
}

function policyOf({ name, policy }: Repository, { accountId }: Account): string {
  if (policy === undefined) throw new AwsError('RepositoryPolicyNotFoundException', `Repository policy does not exist for the repository with name '${name}' in the registry with id '${accountId}'`)
  return policy
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  if (tags.length > 50) throw new AwsError('TooManyTagsException', 'The list of tags on the repository is over the limit of 50 tags.')
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}
