// e2e/outsiders/device-sdks/signing-request.ts: keys of a device and requests that they sign, as a device makes them on its card.
import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) } as const

export interface SigningRequest {
  /** PKCS #10, PEM. */
  readonly csr: string
  readonly privateKeyPem: string
  readonly publicKeyPem: string
}

export async function signingRequest(commonName: string): Promise<SigningRequest> {
  return request(commonName, P256, await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']))
}

/** Its RSA key has 1024 bits; AWS IoT takes none below 2048 («CreateCertificateFromCsr»). */
export async function weakSigningRequest(commonName: string): Promise<string> {
  const { csr } = await request(commonName, RSA, await webcrypto.subtle.generateKey({ ...RSA, modulusLength: 1024 }, true, ['sign', 'verify']))
  return csr
}

async function request(commonName: string, signingAlgorithm: typeof P256 | typeof RSA, keys: webcrypto.CryptoKeyPair): Promise<SigningRequest> {
  const made = await x509.Pkcs10CertificateRequestGenerator.create({ name: `CN=${commonName}`, keys, signingAlgorithm })
  return {
    csr: made.toString('pem'),
    privateKeyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'pem' }).toString(),
  }
}
