// sandbox/src/cloud/ecr/lifecycle-operations.ts: the operations on lifecycle policies, and their effect. AWS expires within a day, the sandbox at the next push.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import type { Images } from './images.ts'
import { expiries, type Expiry, readLifecyclePolicy } from './lifecycle-policy.ts'
import { pageOf } from './pages.ts'
import type { Repositories, Repository } from './repositories.ts'

export interface LifecycleOptions {
  readonly account: Account
  readonly clock: Clock
  readonly repositories: Repositories
  readonly images: Images
}

export interface Lifecycle {
  readonly operations: OperationsOf<typeof import('@aws-sdk/client-ecr')>
  /** Deletes what the repository's policy expires now. */
  readonly expire: (repository: string) => void
}

export function lifecycle({ account, clock, repositories, images }: LifecycleOptions): Lifecycle {
  const policyOf = ({ name, lifecyclePolicy }: Repository): string => {
    if (lifecyclePolicy === undefined) throw new AwsError('LifecyclePolicyNotFoundException', `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${account.accountId}'`)
    return lifecyclePolicy
  }
  const expired = (repository: string, policyText: string): readonly Expiry[] => {
    const all = images.all(repository)
    const listed = new Set(all.flatMap(({ manifests }) => manifests)) // an index keeps its images
    const candidates = all.filter(({ digest }) => !listed.has(digest)).map(({ digest, pushedAt }) => ({ digest, pushedAt, tags: images.tagsOf(repository, digest) }))
    return expiries(readLifecyclePolicy(policyText), candidates, clock.now())
  }
  const told = (repositoryName: string, lifecyclePolicyText: string) => ({ registryId: account.accountId, repositoryName, lifecyclePolicyText })
  return {
    expire(repository) {
      const { lifecyclePolicy } = repositories.get(repository)
      if (lifecyclePolicy === undefined) return
      for (const { image } of expired(repository, lifecyclePolicy)) images.delete(repository, { imageDigest: image.digest })
    },
    operations: {
      PutLifecyclePolicy({ repositoryName, registryId, lifecyclePolicyText = '' }) {
        const repository = repositories.get(repositoryName, registryId)
        checked(lifecyclePolicyText)
        repositories.records.put(repository.name, { ...repository, lifecyclePolicy: lifecyclePolicyText })
        return told(repository.name, lifecyclePolicyText)
      },
      GetLifecyclePolicy({ repositoryName, registryId }) {
        const repository = repositories.get(repositoryName, registryId)
        return told(repository.name, policyOf(repository))
      },
      DeleteLifecyclePolicy({ repositoryName, registryId }) {
        const { lifecyclePolicy: _, ...rest } = repositories.get(repositoryName, registryId)
        const text = policyOf(repositories.get(repositoryName, registryId))
        repositories.records.put(rest.name, rest)
        return told(rest.name, text)
      },
      StartLifecyclePolicyPreview(input) {
        const repository = repositories.get(input.repositoryName, input.registryId)
        const text = input.lifecyclePolicyText ?? policyOf(repository)
        checked(text)
        repositories.records.put(repository.name, { ...repository, previewedPolicy: text })
        return { ...told(repository.name, text), status: 'IN_PROGRESS' }
      },
      GetLifecyclePolicyPreview(input) {
        const { name, previewedPolicy: text } = repositories.get(input.repositoryName, input.registryId)
        if (text === undefined) throw new AwsError('LifecyclePolicyPreviewNotFoundException', `Lifecycle policy preview does not exist for the repository with name '${name}' in the registry with id '${account.accountId}'`)
        const asked = input.imageIds && new Set(input.imageIds.map((id) => images.get(name, id).digest))
        const tagStatus = input.filter?.tagStatus ?? 'ANY'
        const found = expired(name, text).filter(({ image: { digest, tags } }) => (asked?.has(digest) ?? true) && (tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tags.length > 0))
        const { page, ...token } = pageOf(found, ({ image }) => image.digest, { maxResults: input.maxResults, nextToken: input.nextToken, usual: 100 })
        return {
          ...token,
          ...told(name, text),
          status: 'COMPLETE',
          previewResults: page.map(({ image, rulePriority }) => ({ imageTags: [...image.tags], imageDigest: image.digest, imagePushedAt: image.pushedAt, action: { type: 'EXPIRE' }, appliedRulePriority: rulePriority })),
          summary: { expiringImageTotalCount: found.length },
        }
      },
    },
  }
}

function checked(text: string): void {
  try {
    readLifecyclePolicy(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AwsError('InvalidParameterException', `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure': ${why}`, { cause })
  }
}
