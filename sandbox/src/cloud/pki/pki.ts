// sandbox/src/cloud/pki/pki.ts: the certificate authority of this cloud: its root, its servers' certificates and those of devices.
import { createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { readCertificate, signCertificate, type Issuer } from './certificate.ts'
import { readCertificateRequest } from './certificate-request.ts'
import { distinguishedName } from './distinguished-name.ts'
import { serverCertificates, type ServerCredentials } from './server-certificate.ts'

export interface IssuedCertificate {
  readonly certificateId: string
  readonly pem: string
}

export interface Pki {
  /** The root certificate that clients trust. */
  readonly caPem: string
  /** Key and certificate for the cloud's TLS listeners; ask again for each new listener or once a day, a short one is renewed. */
  readonly serverCredentials: () => ServerCredentials
  /** Signs what the request asks for, its subject kept. @throws AwsError InvalidRequestException */
  issueFromRequest(csrPem: string): IssuedCertificate
  /** Makes a 2048-bit RSA pair, as CreateKeysAndCertificate does, and a certificate for it. */
  issueWithNewKeys(): Promise<IssuedCertificate & { readonly publicKey: string; readonly privateKey: string }>
}

export interface PkiOptions {
  readonly store: Store
  /** Device certificates begin by the cloud's clock … */
  readonly clock: Clock
  /** … but servers' must be good to clients of this machine, whose clock nobody moves. */
  readonly machineTime?: () => Date
}

/** AWS-issued device certificates end then, whatever the request asks. */
export const DEVICE_CERTIFICATES_END = new Date('2049-12-31T23:59:59Z')

export function openPki({ store, clock, machineTime = () => new Date() }: PkiOptions): Pki {
  const authority = openAuthority(store, machineTime)
  const issue = (subject: Uint8Array, publicKeyInfo: Uint8Array): IssuedCertificate => {
    const pem = signCertificate({ subject, publicKeyInfo, notBefore: clock.now(), notAfter: DEVICE_CERTIFICATES_END, purpose: { kind: 'device' } }, authority.issuer)
    return { certificateId: idOfReadable(pem), pem }
  }
  return {
    caPem: authority.certificatePem,
    serverCredentials: serverCertificates(authority.issuer, machineTime),
    issueFromRequest(csrPem) {
      const { subject, publicKeyInfo } = readCertificateRequest(csrPem)
      return issue(subject, publicKeyInfo)
    },
    async issueWithNewKeys() {
      const { publicKey, privateKey } = await generatePair('rsa', { modulusLength: 2048 })
      const issued = issue(NAMELESS, publicKey.export({ format: 'der', type: 'spki' }))
      return { ...issued, publicKey: pemText(publicKey, 'spki'), privateKey: pemText(privateKey, 'pkcs1') }
    },
  }
}

/** The subject is the requester's own octets: nothing is issued that a TLS library could not read again. */
function idOfReadable(pem: string): string {
  try {
    return readCertificate(pem).certificateId
  } catch (cause) {
    throw new AwsError('InvalidRequestException', 'The certificate signing request is not valid: its subject cannot be read.', { cause })
  }
}

const generatePair = promisify(generateKeyPair)
const pemText = (key: KeyObject, type: 'spki' | 'pkcs1') => key.export({ format: 'pem', type }).toString()

/** The subject that AWS gives to certificates for its own key pairs. */
const NAMELESS = distinguishedName({ CommonName: 'AWS IoT Certificate' })
const AUTHORITY_NAME = distinguishedName({ Organization: 'AWS twin of this machine', CommonName: 'Sandbox Root CA' })

/** The authority's key and certificate: made once, kept in the state. */
function openAuthority(store: Store, machineTime: () => Date): { issuer: Issuer; certificatePem: string } {
  const table = store.table<{ privateKeyPem: string; certificatePem: string }>('pki')
  const kept = table.get('authority')
  if (kept) return { issuer: issuerOf(kept.privateKeyPem), certificatePem: kept.certificatePem }
  const privateKeyPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const issuer = issuerOf(privateKeyPem)
  const notBefore = new Date(machineTime().getTime() - DAY_MS) // a client's clock may be behind
  const { name: subject, publicKeyInfo } = issuer
  const certificatePem = signCertificate({ subject, publicKeyInfo, notBefore, notAfter: DEVICE_CERTIFICATES_END, purpose: { kind: 'authority' } }, issuer)
  table.put('authority', { privateKeyPem, certificatePem })
  return { issuer, certificatePem }
}

const DAY_MS = 86_400_000

function issuerOf(privateKeyPem: string): Issuer {
  const privateKey = createPrivateKey(privateKeyPem)
  const publicKeyInfo = createPublicKey(privateKeyPem).export({ format: 'der', type: 'spki' })
  return { name: AUTHORITY_NAME, publicKeyInfo, privateKey }
}
