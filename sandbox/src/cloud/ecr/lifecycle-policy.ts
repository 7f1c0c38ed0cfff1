// sandbox/src/cloud/ecr/lifecycle-policy.ts: reads a lifecycle policy and says which images it expires.
import { z } from 'zod'
import { wildcard } from './repositories.ts'

const selection = z
  .strictObject({
    tagStatus: z.enum(['tagged', 'untagged', 'any']),
    tagPrefixList: z.array(z.string().min(1)).min(1).optional(),
    tagPatternList: z.array(z.string().min(1)).min(1).max(4).optional(),
    countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']),
    countUnit: z.literal('days').optional(),
    countNumber: z.number().int().positive(),
  })
  .refine(({ tagStatus, tagPrefixList, tagPatternList }) => (tagStatus === 'tagged') === ((tagPrefixList ?? tagPatternList) !== undefined), 'tagPrefixList or tagPatternList goes with tagStatus tagged, and with no other')
  .refine(({ tagPrefixList, tagPatternList }) => !(tagPrefixList && tagPatternList), 'tagPrefixList and tagPatternList exclude each other')
  .refine(({ countType, countUnit }) => (countType === 'sinceImagePushed') === (countUnit !== undefined), 'countUnit goes with countType sinceImagePushed, and with no other')

const rule = z.strictObject({
  rulePriority: z.number().int().positive(),
  description: z.string().max(256).optional(),
  selection,
  action: z.strictObject({ type: z.literal('expire') }),
})

const policy = z
  .strictObject({ rules: z.array(rule).min(1).max(50) })
  .refine(({ rules }) => new Set(rules.map(({ rulePriority }) => rulePriority)).size === rules.length, 'each rule has a priority of its own')
  .refine(({ rules }) => {
    const any = rules.find(({ selection: { tagStatus } }) => tagStatus === 'any')
    return !any || rules.every(({ rulePriority }) => rulePriority <= any.rulePriority)
  }, 'a rule with tagStatus any has the highest number of all')

export type LifecyclePolicy = z.infer<typeof policy>
type Rule = LifecyclePolicy['rules'][number]

export interface Candidate {
  readonly digest: string
  readonly tags: readonly string[]
  readonly pushedAt: Date
}

export interface Expiry {
  readonly image: Candidate
  readonly rulePriority: number
}

/** ECR user guide, «Lifecycle policy template». @throws ZodError or SyntaxError */
export const readLifecyclePolicy = (text: string): LifecyclePolicy => policy.parse(JSON.parse(text))

const DAY_MS = 24 * 60 * 60_000

/**
 * Rules apply by priority; an image that one rule selects is not looked at by a later one. All of a rule's tags or patterns must be on the
 * image (user guide, «Lifecycle policy evaluation rules»).
 */
export function expiries({ rules }: LifecyclePolicy, images: readonly Candidate[], now: Date): readonly Expiry[] {
  const judged = new Set<string>()
  return rules.toSorted((a, b) => a.rulePriority - b.rulePriority).flatMap((rule) => {
    const selected = images.filter((image) => !judged.has(image.digest) && isSelected(rule, image)).toSorted((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime())
    for (const { digest } of selected) judged.add(digest)
    return selected.filter((image, newerOnes) => isExpired(rule, image, { newerOnes, now })).map((image) => ({ image, rulePriority: rule.rulePriority }))
  })
}

function isSelected({ selection: { tagStatus, tagPrefixList, tagPatternList } }: Rule, { tags }: Candidate): boolean {
  if (tagStatus === 'any') return true
  if (tagStatus === 'untagged') return tags.length === 0
  const tests = tagPrefixList?.map((prefix) => (tag: string) => tag.startsWith(prefix)) ?? tagPatternList?.map((pattern) => (tag: string) => wildcard(pattern).test(tag)) ?? []
  return tests.every((matches) => tags.some(matches))
}

function isExpired({ selection: { countType, countNumber } }: Rule, { pushedAt }: Candidate, { newerOnes, now }: { newerOnes: number; now: Date }): boolean {
  return countType === 'imageCountMoreThan' ? newerOnes >= countNumber : now.getTime() - pushedAt.getTime() > countNumber * DAY_MS
}
