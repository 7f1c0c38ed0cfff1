// sandbox/src/cloud/pki/server-certificate.ts: the certificate that the cloud's TLS listeners show.
import { generateKeyPairSync } from 'node:crypto'
import { signCertificate, type Issuer } from './certificate.ts'
import { distinguishedName } from './distinguished-name.ts'

/** PEM texts, as node:tls takes them. */
export interface ServerCredentials {
  readonly key: string
  readonly cert: string
}

/**
 * Every name under which a client of this machine, of a virtual machine or of a container on it may reach the cloud. Buckets are
 * named too, because OpenSSL and Node believe no wildcard directly below a top-level name.
 */
export const SERVER_NAMES = ['localhost', '*.localhost', 's3.localhost', '*.s3.localhost', 'host.containers.internal', '127.0.0.1', '::1', '10.0.2.2'] as const

const DAY_MS = 86_400_000
const VALID_DAYS = 90
const RENEW_DAYS = 30

/** A function that gives the credentials in force; with less than 30 days left it makes new ones. They live as long as the process. */
export function serverCertificates(issuer: Issuer, machineTime: () => Date): () => ServerCredentials {
  let current: { credentials: ServerCredentials; renewAt: number } | undefined
  return () => {
    const now = machineTime().getTime()
    if (!current || now >= current.renewAt) current = { credentials: create(issuer, now), renewAt: now + (VALID_DAYS - RENEW_DAYS) * DAY_MS }
    return current.credentials
  }
}

function create(issuer: Issuer, now: number): ServerCredentials {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const contents = {
    subject: distinguishedName({ CommonName: 'localhost' }),
    publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }),
    notBefore: new Date(now - DAY_MS), // a client's clock may be behind
    notAfter: new Date(now + VALID_DAYS * DAY_MS),
    purpose: { kind: 'server', names: SERVER_NAMES },
  } as const
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: signCertificate(contents, issuer) }
}
