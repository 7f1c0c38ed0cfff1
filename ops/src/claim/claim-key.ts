// ops/src/claim/claim-key.ts: the claim's key and its certificate signing request (PKCS #10).
import 'reflect-metadata' // @peculiar/x509 asks for it
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto'
import { cryptoProvider, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[0]) // the same interface, declared by Node and by the DOM

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** A new P-256 key, as PKCS #8 in PEM. */
export const newKey = (): string => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The request, in PEM, for a certificate of this key. */
export async function certificateRequest(keyPem: string, commonName: string): Promise<string> {
  const pkcs8 = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' })
  const spki = createPublicKey(keyPem).export({ type: 'spki', format: 'der' })
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, P256, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, P256, true, ['verify']),
  }
  const request = await Pkcs10CertificateRequestGenerator.create({ name: `CN=${commonName}`, keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } })
  return request.toString('pem')
}

/** Whether the certificate was made for this key. */
export const belongsTo = (certificatePem: string, keyPem: string): boolean => new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem))

/** AWS IoT's id of a certificate: SHA-256 of its DER, in hex. */
export const certificateIdOf = (certificatePem: string): string => createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex')
