// ops/src/stack/adoption.test.ts: ours, or somebody else's of the same name.
import { expect, test } from 'vitest'
import { isMadeFrom } from './adoption.ts'
import type { Properties } from './properties.ts'
import { resourceType } from './resource-types.ts'

const policy = resourceType('aws-native:iot:Policy')!
const repository = resourceType('aws-native:ecr:Repository')!

test.each<[string, boolean, { type: typeof policy; inputs: Properties; there: Properties }]>([
  ['what the cloud added does not count', true, { type: policy, inputs: { policyName: 'p' }, there: { policyName: 'p', arn: 'a' } }],
  ['a document that comes back as text is the same', true, { type: policy, inputs: { policyDocument: { a: [1] } }, there: { policyDocument: '{"a":[1]}' } }],
  ['text that comes back as a document is the same', true, { type: policy, inputs: { policyDocument: '{"a":[1]}' }, there: { policyDocument: { a: [1] } } }],
  ['another document is not', false, { type: policy, inputs: { policyDocument: { a: [1] } }, there: { policyDocument: '{"a":[2]}' } }],
  ['text that is no document is not', false, { type: policy, inputs: { policyDocument: { a: [1] } }, there: { policyDocument: 'hello' } }],
  ['what is missing is not', false, { type: policy, inputs: { policyName: 'p', tags: ['x'] }, there: { policyName: 'p' } }],
  ['what cannot be read does not count', true, { type: repository, inputs: { repositoryName: 'r', emptyOnDelete: true }, there: { repositoryName: 'r' } }],
])('%s', (_case, expected, { type, inputs, there }) => {
  expect(isMadeFrom(type, inputs, there)).toBe(expected)
})
