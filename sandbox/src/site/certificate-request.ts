// sandbox/src/site/certificate-request.ts: a device's key and its certificate signing request (PKCS #10, RFC 2986), as openssl makes them.
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { bitString, contextTag, der, integer, oid, sequence } from '../cloud/pki/der.ts'
import { distinguishedName } from '../cloud/pki/distinguished-name.ts'
import { pemBlock } from '../cloud/pki/pem.ts'

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2')) // RFC 5758 §3.2: no parameters

export const newDeviceKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

export const privateKeyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The request, in PEM, for a certificate of this key with `CN=<commonName>` as its whole subject. */
export function certificateRequest(privateKey: KeyObject, commonName: string): string {
  const publicKeyInfo = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const noAttributes = der(contextTag(0))
  const info = sequence(integer(Buffer.of(0)), distinguishedName({ CommonName: commonName }), publicKeyInfo, noAttributes)
  return pemBlock('CERTIFICATE REQUEST', sequence(info, ECDSA_WITH_SHA256, bitString(sign('sha256', info, privateKey))))
}
