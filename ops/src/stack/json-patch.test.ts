// ops/src/stack/json-patch.test.ts: the patch that is sent for a change.
import { expect, test } from 'vitest'
import { patch, type PatchOperation } from './json-patch.ts'
import type { Properties } from './properties.ts'
import { resourceType } from './resource-types.ts'

test.each<[string, string, [before: Properties, after: Properties], PatchOperation[]]>([
  ['no change', 'aws-native:lambda:Function', [{ code: { zipFile: 'a' } }, { code: { zipFile: 'a' } }], []],
  ['a changed value', 'aws-native:logs:LogGroup', [{ retentionInDays: 7 }, { retentionInDays: 14 }], [{ op: 'replace', path: '/RetentionInDays', value: 14 }]],
  ['a further and a missing one', 'aws-native:logs:LogGroup', [{ kmsKeyId: 'k' }, { retentionInDays: 14 }], [{ op: 'remove', path: '/KmsKeyId' }, { op: 'add', path: '/RetentionInDays', value: 14 }]],
  ['a document, whole', 'aws-native:iot:Policy', [{ policyDocument: { a: 1 } }, { policyDocument: { a: 2 } }], [{ op: 'replace', path: '/PolicyDocument', value: { a: 2 } }]],
  [
    'what cannot be read is sent with every change',
    'aws-native:lambda:Function',
    [
      { timeout: 3, code: { zipFile: 'a' } },
      { timeout: 5, code: { zipFile: 'a' } },
    ],
    [{ op: 'add', path: '/Code', value: { ZipFile: 'a' } }, { op: 'replace', path: '/Timeout', value: 5 }],
  ],
  ['a change of what cannot be read', 'aws-native:lambda:Function', [{ code: { zipFile: 'a' } }, { code: { zipFile: 'b' } }], [{ op: 'add', path: '/Code', value: { ZipFile: 'b' } }]],
])('%s', (_case, type, [before, after], operations) => {
  expect(patch(resourceType(type)!, before, after)).toEqual(operations)
})
