// infra/src/admission/certificate-name.test.ts: the common name of real certificates, also of those that were made to deceive.
import type { JsonName } from '@peculiar/x509'
import { expect, test } from 'vitest'
import { commonNameOf } from './certificate-name.ts'
import { certificateWith } from './testing.ts'

test.each<[string, JsonName, string]>([
  ['a common name alone', [{ CN: ['10000000a1b2c3d4'] }], '10000000a1b2c3d4'],
  ['among other attributes', [{ C: ['CH'] }, { O: ['56K'] }, { CN: ['abcd'] }, { OU: ['lab'] }], 'abcd'],
  ['an organisation that looks like one', [{ O: ['CN=evil'] }, { CN: ['abcd'] }], 'abcd'],
  ['an organisation with a line break before one', [{ O: ['x\nCN=evil'] }, { CN: ['abcd'] }], 'abcd'],
  ['an organisation with a plus before one', [{ O: ['x + CN=evil'] }, { CN: ['abcd'] }], 'abcd'],
])('%s', async (_case, subject, expected) => {
  expect(commonNameOf(await certificateWith(...subject))).toBe(expected)
})

test.each<[string, JsonName]>([
  ['no common name', [{ O: ['abcd'] }]],
  ['an empty subject', []],
  ['two common names', [{ CN: ['abcd'] }, { CN: ['efgh'] }]],
  ['the same one twice', [{ CN: ['abcd'] }, { CN: ['abcd'] }]],
  ['two in one RDN', [{ CN: ['abcd', 'efgh'] }]],
])('%s is no name', async (_case, subject) => {
  expect(commonNameOf(await certificateWith(...subject))).toBeUndefined()
})

test.each<[string, JsonName]>([
  ['a line break', [{ CN: ['abcd\nCN=efgh'] }]],
  ['a NUL', [{ CN: ['abcd\0efgh'] }]],
  ['a trailing blank', [{ CN: ['abcd '] }]],
  ['a letter that looks alike (Cyrillic а)', [{ CN: ['\u0430bcd'] }]],
  ['a full-width digit', [{ CN: ['abc\uff11'] }]],
  ['an escape', [{ CN: ['abcd\\'] }]],
  ['a second attribute of its RDN', [{ CN: ['abcd'], O: ['x'] }]],
])('%s in the name never yields the plain name', async (_case, subject) => {
  expect(['abcd', 'efgh', 'abc1']).not.toContain(commonNameOf(await certificateWith(...subject)))
})

test.each([
  ['nothing', ''],
  ['no certificate', 'hello'],
  ['a damaged one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
])('%s has no name', (_case, pem) => {
  expect(commonNameOf(pem)).toBeUndefined()
})

test('two certificates in one text have no name', async () => {
  const [own, other] = [await certificateWith({ CN: ['abcd'] }), await certificateWith({ CN: ['efgh'] })]
  expect(commonNameOf(own + other)).toBeUndefined()
})
