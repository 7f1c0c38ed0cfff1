// components/cert-rotator/src/certificate-request.ts: a certificate signing request in DER (PKCS #10, RFC 2986): CN as the whole subject, ECDSA with SHA-256.

/** Signs these bytes with the device's key: ECDSA with SHA-256, as DER. */
export type Sign = (data: Uint8Array) => Uint8Array

/** @param publicKeyInfo SubjectPublicKeyInfo in DER. @returns PEM */
export function certificateRequest({ publicKeyInfo, sign }: { readonly publicKeyInfo: Uint8Array; readonly sign: Sign }, commonName: string): string {
  const name = sequence(set(sequence(COMMON_NAME, tagged(0x0c, Buffer.from(commonName))))) // UTF8String
  const info = sequence(VERSION_1, name, publicKeyInfo, tagged(0xa0))
  const request = sequence(info, sequence(ECDSA_WITH_SHA256), tagged(0x03, Buffer.of(0), sign(info)))
  const lines = request.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join('\n')
}

const VERSION_1 = Buffer.of(0x02, 1, 0)
const COMMON_NAME = Buffer.of(0x06, 3, 0x55, 0x04, 0x03) // 2.5.4.3
const ECDSA_WITH_SHA256 = Buffer.of(0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02) // 1.2.840.10045.4.3.2, RFC 5758 §3.2

/** One DER element: tag, length, content. */
function tagged(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...length), body])
}

const sequence = (...content: readonly Uint8Array[]) => tagged(0x30, ...content)
const set = (...content: readonly Uint8Array[]) => tagged(0x31, ...content)
