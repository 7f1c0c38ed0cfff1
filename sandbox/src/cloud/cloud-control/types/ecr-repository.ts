// sandbox/src/cloud/cloud-control/types/ecr-repository.ts: AWS::ECR::Repository.
import type { Repository as Described } from '@aws-sdk/client-ecr'
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const Repository = z.strictObject({
  RepositoryName: z
    .string()
    .min(2)
    .max(256)
    .regex(/^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/)
    .optional(),
  ImageTagMutability: z.enum(['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION']).optional(),
  ImageTagMutabilityExclusionFilters: z
    .array(
      z.strictObject({
        ImageTagMutabilityExclusionFilterType: z.literal('WILDCARD'),
        ImageTagMutabilityExclusionFilterValue: z
          .string()
          .max(128)
          .regex(/^[0-9a-zA-Z._*-]{1,128}$/),
      }),
    )
    .min(1)
    .max(5)
    .optional(),
  ImageScanningConfiguration: z.strictObject({ ScanOnPush: z.boolean().optional() }).optional(),
  EncryptionConfiguration: z.strictObject({ EncryptionType: z.enum(['AES256', 'KMS', 'KMS_DSSE']), KmsKey: z.string().min(1).max(2048).optional() }).optional(),
  LifecyclePolicy: z
    .strictObject({
      LifecyclePolicyText: z.string().min(100).max(30_720).optional(),
      RegistryId: z
        .string()
        .regex(/^[0-9]{12}$/)
        .optional(),
    })
    .optional(),
  RepositoryPolicyText: PolicyText.optional(),
  EmptyOnDelete: z.boolean().optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  RepositoryUri: z.string().optional(),
})
type Repository = z.infer<typeof Repository>

export const repository = resourceType<Repository>({
  typeName: 'AWS::ECR::Repository',
  schema: Repository,
  identifier: ['RepositoryName'],
  createOnly: ['RepositoryName', 'EncryptionConfiguration'],
  readOnly: ['Arn', 'RepositoryUri'],
  writeOnly: ['EmptyOnDelete'],
  async create(model, handling) {
    const { ecr, generatedName } = handling
    const repositoryName = model.RepositoryName ?? generatedName().toLowerCase()
    await ecr.CreateRepository({
      repositoryName,
      imageTagMutability: model.ImageTagMutability,
      imageTagMutabilityExclusionFilters: filtersOf(model),
      imageScanningConfiguration: { scanOnPush: model.ImageScanningConfiguration?.ScanOnPush },
      ...(model.EncryptionConfiguration
        ? { encryptionConfiguration: { encryptionType: model.EncryptionConfiguration.EncryptionType, kmsKey: model.EncryptionConfiguration.KmsKey } }
        : {}),
      tags: model.Tags,
    })
    try {
      await setPolicies(repositoryName, {}, model, handling)
    } catch (error) {
      await ecr.DeleteRepository({ repositoryName }) // no half of a repository is left: the next try would find its name taken
      throw error
    }
    return [repositoryName]
  },
  read: async ([repositoryName], handling) => describe(repositoryName, handling),
  async update([repositoryName = ''], { before, after }, handling) {
    const { ecr } = handling
    await ecr.PutImageTagMutability({ repositoryName, imageTagMutability: after.ImageTagMutability ?? 'MUTABLE', imageTagMutabilityExclusionFilters: filtersOf(after) })
    await ecr.PutImageScanningConfiguration({ repositoryName, imageScanningConfiguration: { scanOnPush: after.ImageScanningConfiguration?.ScanOnPush ?? false } })
    await setPolicies(repositoryName, before, after, handling)
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await ecr.TagResource({ resourceArn: before.Arn, tags: set })
    if (remove.length > 0) await ecr.UntagResource({ resourceArn: before.Arn, tagKeys: remove })
  },
  /** As in AWS, Cloud Control does not know EmptyOnDelete by then: images must go first (cloudformation-coverage-roadmap#2046). */
  async delete([repositoryName], { ecr }) {
    await ecr.DeleteRepository({ repositoryName })
  },
  async list({ ecr }) {
    const repositories = await allPages(async (nextToken) => {
      const { repositories, nextToken: next } = await ecr.DescribeRepositories({ nextToken })
      return { items: repositories, next }
    })
    return repositories.map(({ repositoryName = '' }) => [repositoryName])
  },
})

const filtersOf = ({ ImageTagMutabilityExclusionFilters: filters }: Repository) =>
  filters?.map(({ ImageTagMutabilityExclusionFilterType: filterType, ImageTagMutabilityExclusionFilterValue: filter }) => ({ filterType, filter }))

async function setPolicies(repositoryName: string, before: Partial<Repository>, after: Repository, { ecr }: Handling): Promise<void> {
  const [oldText, text] = [before.LifecyclePolicy?.LifecyclePolicyText, after.LifecyclePolicy?.LifecyclePolicyText]
  if (text !== undefined && text !== oldText) await ecr.PutLifecyclePolicy({ repositoryName, lifecyclePolicyText: text })
  if (text === undefined && oldText !== undefined) await ecr.DeleteLifecyclePolicy({ repositoryName })
  if (after.RepositoryPolicyText !== undefined) await ecr.SetRepositoryPolicy({ repositoryName, policyText: textOf(after.RepositoryPolicyText) })
  else if (before.RepositoryPolicyText !== undefined) await ecr.DeleteRepositoryPolicy({ repositoryName })
}

async function describe(repositoryName: string | undefined, { ecr }: Handling): Promise<Repository> {
  const { repositories } = await ecr.DescribeRepositories({ repositoryNames: [repositoryName ?? ''] })
  const found: Described = repositories?.[0] ?? {}
  const lifecycle = await ifSet(ecr.GetLifecyclePolicy({ repositoryName }))
  const policy = await ifSet(ecr.GetRepositoryPolicy({ repositoryName }))
  const { tags = [] } = await ecr.ListTagsForResource({ resourceArn: found.repositoryArn })
  return {
    RepositoryName: found.repositoryName,
    Arn: found.repositoryArn,
    RepositoryUri: found.repositoryUri,
    ImageTagMutability: found.imageTagMutability,
    ...(found.imageTagMutabilityExclusionFilters
      ? {
          ImageTagMutabilityExclusionFilters: found.imageTagMutabilityExclusionFilters.map(({ filter = '' }) => ({
            ImageTagMutabilityExclusionFilterType: 'WILDCARD' as const,
            ImageTagMutabilityExclusionFilterValue: filter,
          })),
        }
      : {}),
    ImageScanningConfiguration: { ScanOnPush: found.imageScanningConfiguration?.scanOnPush },
    EncryptionConfiguration: { EncryptionType: found.encryptionConfiguration?.encryptionType ?? 'AES256', KmsKey: found.encryptionConfiguration?.kmsKey },
    ...(lifecycle ? { LifecyclePolicy: { LifecyclePolicyText: lifecycle.lifecyclePolicyText, RegistryId: lifecycle.registryId } } : {}),
    ...(policy ? { RepositoryPolicyText: policyOf(policy.policyText) } : {}),
    Tags: fromTags(tags),
  }
}

async function ifSet<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof AwsError && /^(Lifecycle|Repository)PolicyNotFound/.test(error.code)) return undefined
    throw error
  })
}
