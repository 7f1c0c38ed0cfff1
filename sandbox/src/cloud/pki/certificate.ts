// sandbox/src/cloud/pki/certificate.ts: composes and reads X.509 certificates (RFC 5280).
import { createHash, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { contextTag, bitString, der, elements, expectElement, integer, octetString, oid, sequence, TAG, time, TRUE } from './der.ts'
import { latest } from '../store/latest.ts'
import { nameAttributes, type NameAttributes } from './distinguished-name.ts'
import { pemBlock } from './pem.ts'

/** Who signs: its Name and SubjectPublicKeyInfo in DER. */
export interface Issuer {
  readonly name: Uint8Array
  readonly publicKeyInfo: Uint8Array
  readonly privateKey: KeyObject
}

export interface CertificateContents {
  readonly subject: Uint8Array
  readonly publicKeyInfo: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  /** A device authenticates as a client, a server under its names; an authority signs certificates. */
  readonly purpose: { readonly kind: 'device' } | { readonly kind: 'authority' } | { readonly kind: 'server'; readonly names: readonly string[] }
}

/** The certificate in PEM, signed with ECDSA and SHA-256. */
export function signCertificate(contents: CertificateContents, issuer: Issuer): string {
  const { subject, publicKeyInfo, notBefore, notAfter } = contents
  const version3 = der(contextTag(0), integer(Buffer.of(2)))
  // 127 random bits: positive, unique without a counter (RFC 5280 §4.1.2.2 allows 20 octets)
  const serialNumber = integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)]))
  const extensions = der(contextTag(3), sequence(...extensionsOf(contents, issuer)))
  const validity = sequence(time(notBefore), time(notAfter))
  const toBeSigned = sequence(version3, serialNumber, ECDSA_WITH_SHA256, issuer.name, validity, subject, publicKeyInfo, extensions)
  const signature = sign('sha256', toBeSigned, issuer.privateKey)
  return pemBlock('CERTIFICATE', sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature)))
}

export interface CertificateFacts {
  /** AWS IoT's certificate id: SHA-256 of the DER, in lower-case hex. */
  readonly certificateId: string
  readonly subject: NameAttributes
  readonly issuer: NameAttributes
  /** Decimal, as policy variables give it. */
  readonly serialNumber: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: KeyObject
  readonly isAuthority: boolean
}

/** One certificate is read many times while its device joins and connects, and reading it takes as long as signing it. */
const REMEMBERED = 200
const readBefore = latest<string, CertificateFacts>(REMEMBERED)

/** What a certificate says of itself. @throws Error when the text is no X.509 certificate */
export const readCertificate = (pem: string): CertificateFacts => readBefore.get(pem) ?? readBefore.keep(pem, factsOf(pem))

function factsOf(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem)
  const [toBeSigned] = elements(elements(certificate.raw)[0]?.contents ?? new Uint8Array())
  const members = elements(toBeSigned?.contents ?? new Uint8Array())
  const first = members[0]?.tag === contextTag(0) ? 1 : 0 // version is optional, then serial, algorithm, issuer, validity, subject
  return {
    certificateId: certificateIdOf(certificate.raw),
    issuer: nameAttributes(expectElement(members, first + 2, TAG.sequence).whole),
    subject: nameAttributes(expectElement(members, first + 4, TAG.sequence).whole),
    serialNumber: BigInt(`0x${certificate.serialNumber}`).toString(),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    publicKey: certificate.publicKey,
    isAuthority: certificate.ca,
  }
}

const certificateIdOf = (raw: Uint8Array) => createHash('sha256').update(raw).digest('hex')

/** RFC 5280 §4.2.1.2, method 1: SHA-1 of the public key's bits. It identifies, it protects nothing. */
function keyIdentifier(publicKeyInfo: Uint8Array): Buffer {
  const [info] = elements(publicKeyInfo)
  const bits = expectElement(elements(info?.contents ?? publicKeyInfo), 1, TAG.bitString)
  return createHash('sha1').update(bits.contents.subarray(1)).digest()
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const EXTENSION = { subjectKey: '2.5.29.14', keyUsage: '2.5.29.15', subjectAltName: '2.5.29.17', basicConstraints: '2.5.29.19', authorityKey: '2.5.29.35', extendedKeyUsage: '2.5.29.37' }
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1'

function extensionsOf({ publicKeyInfo, purpose }: CertificateContents, issuer: Issuer): Buffer[] {
  const isAuthority = purpose.kind === 'authority'
  const common = [
    critical(EXTENSION.basicConstraints, isAuthority ? sequence(TRUE) : sequence()),
    // bit 0 digitalSignature; bits 5 and 6 keyCertSign and cRLSign (RFC 5280 §4.2.1.3)
    critical(EXTENSION.keyUsage, isAuthority ? bitString(Buffer.of(0b0000_0110), 1) : bitString(Buffer.of(0b1000_0000), 7)),
    extension(EXTENSION.subjectKey, octetString(keyIdentifier(publicKeyInfo))),
    extension(EXTENSION.authorityKey, sequence(der(contextTag(0, 'primitive'), keyIdentifier(issuer.publicKeyInfo)))),
  ]
  if (purpose.kind !== 'server') return common
  return [...common, extension(EXTENSION.extendedKeyUsage, sequence(oid(SERVER_AUTHENTICATION))), extension(EXTENSION.subjectAltName, sequence(...purpose.names.map(generalName)))]
}

const extension = (id: string, value: Uint8Array) => sequence(oid(id), octetString(value))
const critical = (id: string, value: Uint8Array) => sequence(oid(id), TRUE, octetString(value))

/** dNSName [2] or iPAddress [7] (RFC 5280 §4.2.1.6). */
function generalName(name: string): Buffer {
  const address = addressOctets(name)
  return address ? der(contextTag(7, 'primitive'), address) : der(contextTag(2, 'primitive'), Buffer.from(name, 'latin1'))
}

function addressOctets(name: string): Buffer | undefined {
  if (/^\d+(\.\d+){3}$/.test(name)) return Buffer.from(name.split('.').map(Number))
  return name === '::1' ? Buffer.concat([Buffer.alloc(15), Buffer.of(1)]) : undefined
}
