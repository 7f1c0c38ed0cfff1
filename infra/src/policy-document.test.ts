// infra/src/policy-document.test.ts: a wildcard needs a written reason.
import { expect, test } from 'vitest'
import { allow } from './policy-document.ts'

test('a grant names actions and resources', () => {
  expect(allow({ sid: 'A', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/k'], because: 'not shown' })).toEqual({
    Version: '2012-10-17',
    Statement: [{ Sid: 'A', Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/k'] }],
  })
})

test.each([
  ['everything', { sid: 'A', actions: ['s3:GetObject'], resources: ['*'] } as const],
  ['a part of an ARN', { sid: 'A', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/*'] } as const],
  ['actions', { sid: 'A', actions: ['s3:Get*'], resources: ['arn:aws:s3:::b/k'] } as const],
  ['an empty reason', { sid: 'A', actions: ['s3:GetObject'], resources: ['*'], because: ' ' } as const],
])('a wildcard for %s without a reason is refused', (_case, grant) => {
  expect(() => allow(grant)).toThrow('grant A has a wildcard without a reason')
})
