// sandbox/src/cloud/ecr/lifecycle-policy.test.ts: which images a lifecycle policy expires.
import { expect, test } from 'vitest'
import { expiries, readLifecyclePolicy } from './lifecycle-policy.ts'

const now = new Date('2026-11-21T00:00:00Z')
const image = (digest: string, daysOld: number, ...tags: string[]) => ({ digest, tags, pushedAt: new Date(now.getTime() - daysOld * 86_400_000) })
const rule = (rulePriority: number, selection: object) => ({ rulePriority, selection, action: { type: 'expire' } })
const expired = (rules: object[], images: ReturnType<typeof image>[]) => expiries(readLifecyclePolicy(JSON.stringify({ rules })), images, now).map((expiry) => expiry.image.digest)

test.each<[string, object[], string[]]>([
  ['untagged ones after days', [rule(1, { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 5 })], ['u9']],
  ['all but the newest', [rule(1, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 2 })], ['p3', 'q4', 'u9']],
  ['tags with a prefix', [rule(1, { tagStatus: 'tagged', tagPrefixList: ['prod'], countType: 'imageCountMoreThan', countNumber: 1 })], ['p3']],
  ['tags that fit a pattern', [rule(1, { tagStatus: 'tagged', tagPatternList: ['*-qa'], countType: 'sinceImagePushed', countUnit: 'days', countNumber: 3 })], ['q4']],
  ['what an earlier rule selected is kept from a later one', [rule(1, { tagStatus: 'tagged', tagPrefixList: ['prod'], countType: 'imageCountMoreThan', countNumber: 9 }), rule(2, { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 2 })], ['q4', 'u9']],
])('%s', (_case, rules, digests) => {
  expect(expired(rules, [image('p1', 1, 'prod-2'), image('p3', 3, 'prod-1', 'x'), image('q4', 4, '1-qa'), image('u9', 9), image('u2', 2)])).toEqual(digests)
})

test.each<[string, object]>([
  ['no rules', { rules: [] }],
  ['a priority twice', { rules: [1, 1].map((priority) => rule(priority, { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 })) }],
  ['an any rule that is not last', { rules: [rule(1, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 }), rule(2, { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 })] }],
  ['tagged without tags', { rules: [rule(1, { tagStatus: 'tagged', countType: 'imageCountMoreThan', countNumber: 1 })] }],
  ['days without a unit', { rules: [rule(1, { tagStatus: 'any', countType: 'sinceImagePushed', countNumber: 1 })] }],
  ['an unknown member', { rules: [], more: 1 }],
])('%s is no policy', (_case, document) => {
  expect(() => readLifecyclePolicy(JSON.stringify(document))).toThrow()
})
