// sandbox/src/cloud/iot-core/registry/certificates.ts: device certificates: issued by this cloud, described, listed, (de)activated and deleted.
import { randomUUID } from 'node:crypto'
import { readCertificate } from '../../pki/certificate.ts'
import type { IssuedCertificate, Pki } from '../../pki/pki.ts'
import type { CertificateStatus } from '../../ports.ts'
import { AwsError } from '../../aws-error.ts'
import { keyOf, partsOf, prefixOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { recordOf, theCertificate } from './certificate-records.ts'
import { deleteConflict, invalidRequest, required } from './errors.ts'
import { listed } from './listing.ts'
import { detachAllPolicies } from './policy-attachments.ts'
import type { CertificateRecord, IotOperations, RegistryState } from './registry-state.ts'

export function certificateOperations(state: RegistryState, pki: Pki) {
  const { tables, account } = state
  return {
    CreateCertificateFromCsr(input) {
      const issued = pki.issueFromRequest(required(input.certificateSigningRequest, 'certificateSigningRequest'))
      return keep(state, issued, input.setAsActive)
    },
    async CreateKeysAndCertificate(input) {
      const { publicKey, privateKey, ...issued } = await pki.issueWithNewKeys()
      return { ...keep(state, issued, input.setAsActive), keyPair: { PublicKey: publicKey, PrivateKey: privateKey } }
    },
    DescribeCertificate(input) {
      const certificateId = required(input.certificateId, 'certificateId').toLowerCase()
      return { certificateDescription: description(state, certificateId, theCertificate(state, certificateId)) }
    },
    UpdateCertificate(input) {
      const certificateId = required(input.certificateId, 'certificateId').toLowerCase()
      theCertificate(state, certificateId)
      const status = required(input.newStatus, 'newStatus')
      if (status === 'PENDING_TRANSFER' || status === 'PENDING_ACTIVATION') throw invalidRequest(`The status ${status} is for internal use, it cannot be set`)
      setStatus(state, certificateId, status)
      return {}
    },
    DeleteCertificate(input) {
      const certificateId = required(input.certificateId, 'certificateId').toLowerCase()
      checkDeletable(state, certificateId, input.forceDelete ?? false)
      state.change(() => removeCertificate(state, certificateId))
      return {}
    },
    ListCertificates(input) {
      const order = input.ascendingOrder ? 'ascending' : 'descending'
      const isThere = (key: string) => recordOf(state, partsOf(key)[1] ?? '') !== undefined
      const { items, next } = listed(tables.certificatesByDate, { token: input.marker, size: input.pageSize, order, keep: isThere })
      const certificates = items.map(([key]) => {
        const certificateId = partsOf(key)[1] ?? ''
        const { status, mode, createdAt } = theCertificate(state, certificateId)
        return { certificateArn: iotArn(account, 'cert', certificateId), certificateId, status, certificateMode: mode, creationDate: createdAt }
      })
      return { certificates, nextMarker: next }
    },
  } satisfies Partial<IotOperations>
}

/** Keeps a certificate that was issued or registered just now. */
export function putCertificate(state: RegistryState, { certificateId, pem }: IssuedCertificate, more: Partial<CertificateRecord> & { readonly status: CertificateStatus }): void {
  const { tables, clock } = state
  const now = clock.now()
  const record: CertificateRecord = { pem, createdAt: now, lastModifiedAt: now, mode: 'DEFAULT', customerVersion: 1, generationId: randomUUID(), ...more }
  state.change(() => {
    tables.certificates.put(certificateId, record)
    if (!record.claim) tables.certificatesByDate.put(keyOf(now.toISOString(), certificateId), true)
    state.certificateChanged(certificateId)
  })
}

/** Does nothing when it has this status already: «This operation is idempotent.» */
export function setStatus(state: RegistryState, certificateId: string, status: CertificateStatus): void {
  const { registerBefore: _noMore, ...record } = theCertificate(state, certificateId)
  if (record.status === status) return
  state.change(() => {
    state.tables.certificates.put(certificateId, { ...record, status, lastModifiedAt: state.clock.now(), customerVersion: record.customerVersion + 1 })
    state.certificateChanged(certificateId)
  })
}

/** Takes a certificate and its policies' attachments away; things must have been detached. To be called in `change`. */
export function removeCertificate(state: RegistryState, certificateId: string): void {
  const { tables, account } = state
  const record = tables.certificates.get(certificateId)
  if (!record) return
  detachAllPolicies(state, iotArn(account, 'cert', certificateId))
  tables.certificates.delete(certificateId)
  tables.certificatesByDate.delete(keyOf(record.createdAt.toISOString(), certificateId))
  state.certificateChanged(certificateId)
}

function keep(state: RegistryState, issued: IssuedCertificate, setAsActive: boolean | undefined) {
  putCertificate(state, issued, { status: setAsActive ? 'ACTIVE' : 'INACTIVE' })
  const { certificateId, pem } = issued
  return { certificateArn: iotArn(state.account, 'cert', certificateId), certificateId, certificatePem: pem }
}

function description({ account }: RegistryState, certificateId: string, record: CertificateRecord) {
  const { notBefore, notAfter } = readCertificate(record.pem)
  return {
    certificateArn: iotArn(account, 'cert', certificateId),
    certificateId,
    caCertificateId: record.caCertificateId,
    status: record.status,
    certificatePem: record.pem,
    ownedBy: account.accountId,
    creationDate: record.createdAt,
    lastModifiedDate: record.lastModifiedAt,
    customerVersion: record.customerVersion,
    transferData: {},
    generationId: record.generationId,
    validity: { notBefore, notAfter },
    certificateMode: record.mode,
  }
}

/** API reference, DeleteCertificate. `forceDelete` overlooks policies, never things and never the status. */
function checkDeletable(state: RegistryState, certificateId: string, forceDelete: boolean): void {
  const { tables, account } = state
  const arn = iotArn(account, 'cert', certificateId)
  if (theCertificate(state, certificateId).status === 'ACTIVE')
    throw new AwsError('CertificateStateException', `Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`)
  if (tables.principalThings.count(prefixOf(certificateId)) > 0) throw deleteConflict(`Things must be detached before deletion (arn: ${arn})`)
  if (!forceDelete && tables.targetPolicies.count(prefixOf(arn)) > 0) throw deleteConflict(`Certificate policies must be detached before deletion (arn: ${arn})`)
}
