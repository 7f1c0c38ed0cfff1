// sandbox/src/cloud/cloud-control/types/s3-lifecycle.ts: the lifecycle rules of a bucket, as CloudFormation spells them and as S3 does.
import type { LifecycleRule } from '@aws-sdk/client-s3'
import { z } from 'zod'

const storageClass = z.enum(['DEEP_ARCHIVE', 'GLACIER', 'Glacier', 'GLACIER_IR', 'INTELLIGENT_TIERING', 'ONEZONE_IA', 'STANDARD_IA'])

const Rule = z.strictObject({
  Id: z.string().max(255).optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: z.number().int().min(0) }).optional(),
  ExpirationInDays: z.number().int().optional(),
  ExpirationDate: z.string().optional(),
  ExpiredObjectDeleteMarker: z.boolean().optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: z.number().int(), NewerNoncurrentVersions: z.number().int().optional() }).optional(),
  Transitions: z.array(z.strictObject({ StorageClass: storageClass, TransitionInDays: z.number().int().optional(), TransitionDate: z.string().optional() })).optional(),
  NoncurrentVersionTransitions: z
    .array(z.strictObject({ StorageClass: storageClass, TransitionInDays: z.number().int(), NewerNoncurrentVersions: z.number().int().optional() }))
    .optional(),
  ObjectSizeGreaterThan: z
    .string()
    .max(20)
    .regex(/^[0-9]+$/)
    .optional(),
  ObjectSizeLessThan: z
    .string()
    .max(20)
    .regex(/^[0-9]+$/)
    .optional(),
  TagFilters: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
})
type Rule = z.infer<typeof Rule>

export const LifecycleConfiguration = z.strictObject({
  Rules: z.array(Rule),
  TransitionDefaultMinimumObjectSize: z.enum(['varies_by_storage_class', 'all_storage_classes_128K']).optional(),
})
export type LifecycleConfiguration = z.infer<typeof LifecycleConfiguration>

export const apiRules = ({ Rules }: LifecycleConfiguration): LifecycleRule[] => Rules.map(apiRule)

function apiRule(rule: Rule): LifecycleRule {
  const expiration = {
    ...(rule.ExpirationInDays === undefined ? {} : { Days: rule.ExpirationInDays }),
    ...(rule.ExpirationDate === undefined ? {} : { Date: new Date(rule.ExpirationDate) }),
    ...(rule.ExpiredObjectDeleteMarker === undefined ? {} : { ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker }),
  }
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: filterOf(rule),
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
    ...(Object.keys(expiration).length > 0 ? { Expiration: expiration } : {}),
    ...(rule.Transitions
      ? {
          Transitions: rule.Transitions.map(({ StorageClass, TransitionInDays, TransitionDate }) => ({
            StorageClass: classOf(StorageClass),
            Days: TransitionInDays,
            ...(TransitionDate === undefined ? {} : { Date: new Date(TransitionDate) }),
          })),
        }
      : {}),
    ...(rule.NoncurrentVersionTransitions
      ? {
          NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions.map(({ StorageClass, TransitionInDays, NewerNoncurrentVersions }) => ({
            StorageClass: classOf(StorageClass),
            NoncurrentDays: TransitionInDays,
            NewerNoncurrentVersions,
          })),
        }
      : {}),
  }
}

/** CloudFormation also takes an older spelling. */
const classOf = (name: z.infer<typeof storageClass>) => (name === 'Glacier' ? 'GLACIER' : name)

/** One condition stands alone, several are joined by And (S3 API reference, LifecycleRuleFilter). */
function filterOf({ Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan, TagFilters = [] }: Rule): LifecycleRule['Filter'] {
  const conditions = {
    ...(Prefix === undefined ? {} : { Prefix }),
    ...(ObjectSizeGreaterThan === undefined ? {} : { ObjectSizeGreaterThan: Number(ObjectSizeGreaterThan) }),
    ...(ObjectSizeLessThan === undefined ? {} : { ObjectSizeLessThan: Number(ObjectSizeLessThan) }),
  }
  const [tag, ...more] = TagFilters
  const count = Object.keys(conditions).length + TagFilters.length
  if (count === 0) return { Prefix: '' }
  if (count === 1) return tag ? { Tag: tag } : conditions
  return { And: { ...conditions, ...(tag ? { Tags: [tag, ...more] } : {}) } }
}

export const shownRules = (rules: readonly LifecycleRule[]): LifecycleConfiguration => ({ Rules: rules.map(shownRule) })

function shownRule(rule: LifecycleRule): Rule {
  const { Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan, Tag, And } = rule.Filter ?? {}
  const tags = [...(Tag ? [Tag] : []), ...(And?.Tags ?? [])].map(({ Key = '', Value = '' }) => ({ Key, Value }))
  const [greater, less] = [ObjectSizeGreaterThan ?? And?.ObjectSizeGreaterThan, ObjectSizeLessThan ?? And?.ObjectSizeLessThan]
  return {
    Id: rule.ID,
    Status: rule.Status ?? 'Enabled',
    Prefix: (Prefix ?? And?.Prefix) || undefined,
    ...(greater === undefined ? {} : { ObjectSizeGreaterThan: String(greater) }),
    ...(less === undefined ? {} : { ObjectSizeLessThan: String(less) }),
    ...(tags.length > 0 ? { TagFilters: tags } : {}),
    ...(rule.AbortIncompleteMultipartUpload ? { AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation ?? 0 } } : {}),
    ExpirationInDays: rule.Expiration?.Days,
    ExpirationDate: rule.Expiration?.Date?.toISOString(),
    ExpiredObjectDeleteMarker: rule.Expiration?.ExpiredObjectDeleteMarker,
    ...(rule.NoncurrentVersionExpiration
      ? {
          NoncurrentVersionExpiration: {
            NoncurrentDays: rule.NoncurrentVersionExpiration.NoncurrentDays ?? 0,
            NewerNoncurrentVersions: rule.NoncurrentVersionExpiration.NewerNoncurrentVersions,
          },
        }
      : {}),
    ...(rule.Transitions
      ? {
          Transitions: rule.Transitions.map(({ StorageClass, Days, Date: date }) => ({
            StorageClass: storageClass.parse(StorageClass),
            TransitionInDays: Days,
            TransitionDate: date?.toISOString(),
          })),
        }
      : {}),
    ...(rule.NoncurrentVersionTransitions
      ? {
          NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions.map(({ StorageClass, NoncurrentDays = 0, NewerNoncurrentVersions }) => ({
            StorageClass: storageClass.parse(StorageClass),
            TransitionInDays: NoncurrentDays,
            NewerNoncurrentVersions,
          })),
        }
      : {}),
  }
}
