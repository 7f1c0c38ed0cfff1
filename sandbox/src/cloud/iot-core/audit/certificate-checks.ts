// sandbox/src/cloud/iot-core/audit/certificate-checks.ts: audit checks of device certificates: age, expiry, quality of the key.
import type { KeyObject } from 'node:crypto'
import { readCertificate } from '../../pki/certificate.ts'
import { partsOf } from '../../store/store.ts'
import { recordOf } from '../registry/certificate-records.ts'
import type { CertificateRecord, RegistryState } from '../registry/registry-state.ts'
import type { Check, CheckScope, Finding } from './check.ts'
import { isRocaWeak } from './roca.ts'

const DAY_MS = 86_400_000
const DEFAULT_AGE_DAYS = 365
const DEFAULT_EXPIRY_DAYS = 30

interface Looked {
  readonly certificateId: string
  readonly record: CertificateRecord
}

/** They apply to certificates that are ACTIVE or PENDING_TRANSFER (Device Defender guide). */
function* certificatesIn(state: RegistryState): Generator<Looked> {
  for (const [key] of state.tables.certificatesByDate.all()) {
    const certificateId = partsOf(key)[1] ?? ''
    const record = recordOf(state, certificateId)
    if (record && (record.status === 'ACTIVE' || record.status === 'PENDING_TRANSFER')) yield { certificateId, record }
  }
}

/** Turns a verdict on one certificate into a check of all. */
const ofEach = (state: RegistryState, judge: (certificate: Looked, scope: CheckScope) => Omit<Finding, 'resource'> | undefined): Check => (scope) => {
  const all = [...certificatesIn(state)]
  const findings = all.flatMap((looked) => {
    const verdict = judge(looked, scope)
    return verdict ? [{ ...verdict, resource: { resourceType: 'DEVICE_CERTIFICATE' as const, resourceIdentifier: { deviceCertificateId: looked.certificateId } } }] : []
  })
  return { total: all.length, findings }
}

export function certificateChecks(state: RegistryState) {
  const readOf = remembering()
  return {
    DEVICE_CERTIFICATE_AGE_CHECK: ofEach(state, ({ record }, { now, configuration }) => {
      const most = Number(configuration['CERT_AGE_THRESHOLD_IN_DAYS'] ?? DEFAULT_AGE_DAYS)
      const isPast = now.getTime() - record.createdAt.getTime() >= most * DAY_MS
      return isPast ? { code: 'CERTIFICATE_PAST_AGE_THRESHOLD', reason: `Certificate has been active for ${most} days or more.` } : undefined
    }),
    DEVICE_CERTIFICATE_EXPIRING_CHECK: ofEach(state, (looked, { now, configuration }) => {
      const within = Number(configuration['CERT_EXPIRATION_THRESHOLD_IN_DAYS'] ?? DEFAULT_EXPIRY_DAYS)
      const leftMs = readOf(looked).notAfter.getTime() - now.getTime()
      if (leftMs <= 0) return { code: 'CERTIFICATE_PAST_EXPIRATION', reason: 'Certificate is past its expiration.' }
      return leftMs <= within * DAY_MS ? { code: 'CERTIFICATE_APPROACHING_EXPIRATION', reason: `Certificate expires within ${within} days.` } : undefined
    }),
    DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: ofEach(state, (looked) =>
      readOf(looked).isWeak ? { code: 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361', reason: 'The key was made by a library whose RSA keys can be factored (CVE-2017-15361).' } : undefined,
    ),
    /** Revocations come from the lists of a registered CA, of which this cloud has none; Amazon's own CA revokes by the status. */
    REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: ofEach(state, () => undefined),
    INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK: ofEach(state, () => undefined),
  } satisfies Record<string, Check>
}

/** The weak keys of CVE-2008-0166 can only be told by a list of them all, which is not here. */
function isWeak(key: KeyObject): boolean {
  const { n } = key.asymmetricKeyType === 'rsa' ? key.export({ format: 'jwk' }) : {}
  return n !== undefined && isRocaWeak(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`))
}

interface Remembered {
  readonly notAfter: Date
  readonly isWeak: boolean
}

/** A certificate never changes, and reading thousands takes a while. Little is kept of each: a fleet that rotates makes many. */
function remembering(): (looked: Looked) => Remembered {
  const known = new Map<string, Remembered>()
  return ({ certificateId, record }) => {
    let remembered = known.get(certificateId)
    if (!remembered) {
      const { notAfter, publicKey } = readCertificate(record.pem)
      known.set(certificateId, (remembered = { notAfter, isWeak: isWeak(publicKey) }))
    }
    return remembered
  }
}
