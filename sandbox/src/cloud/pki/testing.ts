// sandbox/src/cloud/pki/testing.ts: what tests need of certificates: requests made by software other than ours, and a clock to set.
import 'reflect-metadata' // @peculiar/x509 asks for it
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import type { Clock } from '../clock.ts'

/** A request by @peculiar/x509 for a fresh P-256 key, and that key. */
export async function certificateRequest(name: string): Promise<{ readonly csr: string; readonly privateKey: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { csr: request.toString('pem'), privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n` }
}

/** A clock that stands still until it is moved; in the past, so that OpenSSL finds what is issued by it valid. */
export function standingClock(at = new Date('2026-01-01T00:00:00Z')): Clock {
  let now = at.getTime()
  return { now: () => new Date(now), advance: (byMs) => void (now += byMs) }
}
