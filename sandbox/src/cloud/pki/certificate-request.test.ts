// sandbox/src/cloud/pki/certificate-request.test.ts: nothing that is not a sound request gets a certificate.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AwsError } from '../aws-error.ts'
import { openStore } from '../store/store.ts'
import { readCertificateRequest } from './certificate-request.ts'
import { pemBlock, pemBody } from './pem.ts'
import { openPki } from './pki.ts'
import { certificateRequest, standingClock } from './testing.ts'

const { csr } = await certificateRequest('CN=10000000a1b2c3d4')
const bytes = pemBody(csr, 'CERTIFICATE REQUEST')!

test('a sound request is read', () => {
  expect(Buffer.from(readCertificateRequest(csr).subject).toString('latin1')).toContain('10000000a1b2c3d4')
})

test.each([
  ['nothing', '', /PEM/],
  ['another kind of text', csr.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'), /PEM/],
  ['bare base64', bytes.toString(), /PEM/],
  ['a truncated one', pemBlock('CERTIFICATE REQUEST', bytes.subarray(0, 100)), /malformed/],
  ['one with octets after its end', pemBlock('CERTIFICATE REQUEST', Buffer.concat([bytes, Buffer.of(0)])), /malformed/],
  ['one whose subject was changed', pemBlock('CERTIFICATE REQUEST', replaced(bytes, '10000000a1b2c3d4', '10000000a1b2c3d5')), /signature/],
])('%s is refused', (_case, text, why) => {
  expect(() => readCertificateRequest(text)).toThrow(why)
  expect(codeOf(() => readCertificateRequest(text))).toBe('InvalidRequestException')
})

test('a request changed in any octet is refused in AWS’s words, whatever the octet', () => {
  const pki = openPki({ store: openStore(':memory:'), clock: standingClock() })
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const spoilt = Buffer.from(bytes)
      spoilt[at] = (spoilt[at] ?? 0) ^ change
      expect(codeOf(() => pki.issueFromRequest(pemBlock('CERTIFICATE REQUEST', spoilt)))).toBe('InvalidRequestException')
    }),
    { numRuns: 500 },
  )
})

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof AwsError) return error.code
    throw error
  }
  return undefined
}

function replaced(from: Uint8Array, text: string, by: string): Buffer {
  const copy = Buffer.from(from)
  copy.write(by, copy.indexOf(text), 'latin1')
  return copy
}
