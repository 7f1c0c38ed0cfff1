// e2e/outsiders/aws-cli-and-boto3/certificates.ts: keys, requests and certificates that do not come from the twin.
import 'reflect-metadata'
import { createHash, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const YEAR_MS = 365 * 86_400_000

export interface ForeignCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** As AWS IoT names it: SHA-256 of the DER. */
  readonly certificateId: string
}

/** PEM of a PKCS #10 request for this common name. */
export async function signingRequest(commonName: string): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: `CN=${commonName}`, keys, signingAlgorithm: P256 })
  return request.toString('pem')
}

/** Signed by its own key: no authority that the twin knows. */
export async function foreignCertificate(commonName: string): Promise<ForeignCertificate> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const now = Date.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: `CN=${commonName}`, keys, notBefore: new Date(now - YEAR_MS), notAfter: new Date(now + YEAR_MS), signingAlgorithm: P256 })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    certificatePem: certificate.toString('pem'),
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`,
    certificateId: createHash('sha256').update(new Uint8Array(certificate.rawData)).digest('hex'),
  }
}
