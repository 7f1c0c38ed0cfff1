// sandbox/src/cloud/iot-core/registry/certificate-records.ts: finds a certificate by its id or as a principal.
import { prefixOf } from '../../store/store.ts'
import { iotArn, readIotArn } from './arns.ts'
import { found, invalidRequest } from './errors.ts'
import type { CertificateRecord, RegistryState } from './registry-state.ts'

/** @throws AwsError ResourceNotFoundException */
export const theCertificate = (state: RegistryState, certificateId: string): CertificateRecord => found(recordOf(state, certificateId), `Certificate ${certificateId}`)

/** The id of the certificate that this principal is. @throws AwsError when it is none, or not there */
export function certificateOfPrincipal(state: RegistryState, principal: string): string {
  const read = readIotArn(state.account, principal)
  if (read?.kind !== 'cert') throw invalidRequest(`Invalid principal: ${principal}. The sandbox knows certificates as principals, by their ARN.`)
  theCertificate(state, read.name)
  return read.name
}

/** What operations find: no provisioning claim, and no certificate that was not registered in time. */
export function recordOf(state: RegistryState, certificateId: string): CertificateRecord | undefined {
  const record = state.tables.certificates.get(certificateId)
  return !record || record.claim || hasLapsed(state, certificateId, record) ? undefined : record
}

/** MQTT API, CreateCertificateFromCsr: «… hasn't been activated and attached to a policy or a thing by the time the token expires». */
export function hasLapsed({ tables, clock, account }: RegistryState, certificateId: string, { status, registerBefore }: CertificateRecord): boolean {
  if (registerBefore === undefined || status !== 'PENDING_ACTIVATION' || clock.now() < registerBefore) return false
  return tables.principalThings.count(prefixOf(certificateId)) === 0 && tables.targetPolicies.count(prefixOf(iotArn(account, 'cert', certificateId))) === 0
}
