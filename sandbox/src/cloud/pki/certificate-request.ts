// sandbox/src/cloud/pki/certificate-request.ts: reads a certificate signing request (PKCS #10, RFC 2986), or says why it is none.
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import { DerError, dottedOid, elements, expectElement, TAG, type Element } from './der.ts'
import { pemBody } from './pem.ts'

export interface CertificateRequest {
  /** DER of the subject's Name and of the SubjectPublicKeyInfo, as the requester wrote them. */
  readonly subject: Uint8Array
  readonly publicKeyInfo: Uint8Array
}

/** The request in this PEM text, its signature verified. @throws AwsError InvalidRequestException */
export function readCertificateRequest(pem: string): CertificateRequest {
  const bytes = pemBody(pem, 'CERTIFICATE REQUEST') ?? pemBody(pem, 'NEW CERTIFICATE REQUEST')
  if (!bytes) throw refused('it is not in PEM format')
  const { info, algorithm, signature } = parts(bytes)
  const [, subject, publicKeyInfo] = elements(info.contents)
  if (subject?.tag !== TAG.sequence || publicKeyInfo?.tag !== TAG.sequence) throw refused('it is malformed')
  const key = publicKey(publicKeyInfo)
  const hash = HASH_OF_SIGNATURE[algorithm]
  if (!hash) throw refused(`signature algorithm ${algorithm} is not supported`)
  if (!isSigned(hash, info, key, signature)) throw refused('its signature does not verify')
  return { subject: subject.whole, publicKeyInfo: publicKeyInfo.whole }
}

/** Developer guide, «X.509 client certificates», certificate signing algorithms. */
const HASH_OF_SIGNATURE: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'sha256', // ECDSA
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256', // RSA PKCS #1 v1.5
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}

function parts(bytes: Uint8Array): { info: Element; algorithm: string; signature: Uint8Array } {
  try {
    const outermost = elements(bytes)
    const members = elements(expectElement(outermost, 0, TAG.sequence).contents)
    if (outermost.length !== 1 || members.length !== 3) throw new DerError('it has a part too many')
    const info = expectElement(members, 0, TAG.sequence)
    const algorithm = expectElement(elements(expectElement(members, 1, TAG.sequence).contents), 0, TAG.oid)
    const signature = expectElement(members, 2, TAG.bitString)
    if (signature.contents[0] !== 0) throw new DerError('the signature is not of whole octets')
    elements(info.contents) // throws here what the caller would
    return { info, algorithm: dottedOid(algorithm.contents), signature: signature.contents.subarray(1) }
  } catch (cause) {
    if (cause instanceof DerError) throw refused('it is malformed', cause)
    throw cause
  }
}

/** API reference, CreateCertificateFromCsr: RSA of 2048 bits or more, or NIST P-256, P-384 or P-521. */
export function isStrongEnough({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
  return asymmetricKeyType === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(asymmetricKeyDetails?.namedCurve ?? '')
}

function publicKey(info: Element): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey({ key: Buffer.from(info.whole), format: 'der', type: 'spki' })
  } catch (cause) {
    throw refused('its public key cannot be read', cause)
  }
  if (!isStrongEnough(key)) throw refused('its public key must be RSA of at least 2048 bits, or NIST P-256, P-384 or P-521')
  return key
}

function isSigned(hash: string, info: Element, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify(hash, info.whole, key, signature)
  } catch {
    return false // OpenSSL throws where key and signature are of different kinds
  }
}

function refused(why: string, cause?: unknown): AwsError {
  return new AwsError('InvalidRequestException', `The certificate signing request is not valid: ${why}.`, cause === undefined ? {} : { cause })
}
