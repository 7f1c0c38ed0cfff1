// infra/src/admission/certificate-name.ts: the one common name of a certificate, or none when there is any doubt.
import { X509Certificate } from 'node:crypto'

const ONE_CERTIFICATE = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/

/** An attribute that begins a line, or follows another one in the same RDN. Node escapes `+` and control characters inside values (RFC 4514), so none of these can be forged by a value. */
const COMMON_NAME = /(?:^|\n| \+ )CN=/g

/**
 * Undefined for a certificate that cannot be read, that has no common name, or more than one: AWS IoT's policy variable
 * `iot:Certificate.Subject.CommonName` takes the first, and a reader that takes the last would see another device.
 */
export function commonNameOf(pem: string): string | undefined {
  const subject = subjectOf(pem)
  if (subject?.match(COMMON_NAME)?.length !== 1) return undefined
  return subject.split('\n').find((line) => line.startsWith('CN='))?.slice('CN='.length)
}

function subjectOf(pem: string): string | undefined {
  if (!ONE_CERTIFICATE.test(pem)) return undefined
  try {
    return new X509Certificate(pem).subject
  } catch {
    return undefined // not a certificate: the caller refuses, and its log line says so
  }
}
