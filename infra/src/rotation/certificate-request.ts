// infra/src/rotation/certificate-request.ts: reads the two things of a certificate signing request that we judge by: whose it is, and for which key.
import { createHash } from 'node:crypto'

export interface ReadRequest {
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), in hex. */
  readonly key: string
  /** Whether its whole subject is `CN=<name>`: nothing else is compared, so nothing else can deceive. */
  isFor(name: string): boolean
}

const ONE_REQUEST = /^-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----\s*$/
/** A P-256 request has some 300 bytes, one with RSA 4096 some 1,100. */
const MOST_CHARACTERS = 4096

/** Undefined for what is no request. AWS IoT itself verifies its signature. */
export function readCertificateRequest(pem: string): ReadRequest | undefined {
  const [, base64] = (pem.length <= MOST_CHARACTERS && ONE_REQUEST.exec(pem)) || []
  if (base64 === undefined) return undefined
  const [request] = elements(Buffer.from(base64, 'base64')) ?? []
  const [info] = (request?.tag === SEQUENCE && elements(request.content)) || []
  const [, subject, publicKey] = (info?.tag === SEQUENCE && elements(info.content)) || [] // RFC 2986: version, subject, key, attributes
  if (subject?.tag !== SEQUENCE || publicKey?.tag !== SEQUENCE) return undefined
  return { key: createHash('sha256').update(publicKey.whole).digest('hex'), isFor: (name) => STRINGS.some((tag) => subject.whole.equals(commonNameAlone(name, tag))) }
}

const SEQUENCE = 0x30
/** UTF8String and PrintableString (RFC 5280 §4.1.2.4). */
const STRINGS = [0x0c, 0x13]

interface Element {
  readonly tag: number
  readonly content: Buffer
  readonly whole: Buffer
}

/** The DER elements that stand after one another; undefined when they do not fill the bytes exactly. */
function elements(bytes: Buffer): readonly Element[] | undefined {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const [tag, first] = [bytes[at], bytes[at + 1]]
    if (tag === undefined || first === undefined) return undefined
    const lengthBytes = first < 0x80 ? 0 : first - 0x80
    if (lengthBytes > 2 || at + 2 + lengthBytes > bytes.length) return undefined
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes)
    const begin = at + 2 + lengthBytes
    if (begin + length > bytes.length) return undefined
    found.push({ tag, content: bytes.subarray(begin, begin + length), whole: bytes.subarray(at, begin + length) })
    at = begin + length
  }
  return found
}

/** Names have at most 64 characters, so every length is one byte. */
function commonNameAlone(name: string, stringTag: number): Buffer {
  const tagged = (tag: number, content: Buffer) => Buffer.concat([Buffer.of(tag, content.length), content])
  const commonName = Buffer.concat([Buffer.of(0x06, 3, 0x55, 0x04, 0x03), tagged(stringTag, Buffer.from(name))])
  return tagged(SEQUENCE, tagged(0x31, tagged(SEQUENCE, commonName)))
}
