// sandbox/src/cloud/iot-core/registry/certificate-registration.ts: certificates that somebody else has issued.
import { AwsError } from '../../aws-error.ts'
import { readCertificate, type CertificateFacts } from '../../pki/certificate.ts'
import { isStrongEnough } from '../../pki/certificate-request.ts'
import type { CertificateStatus } from '../../ports.ts'
import { iotArn } from './arns.ts'
import { putCertificate } from './certificates.ts'
import { alreadyExists, invalidRequest, required } from './errors.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'

export function certificateRegistrationOperations(state: RegistryState) {
  return {
    RegisterCertificateWithoutCA(input) {
      return register(state, required(input.certificatePem, 'certificatePem'), initialStatus(input.status))
    },
  } satisfies Partial<IotOperations>
}

function register(state: RegistryState, pem: string, status: CertificateStatus) {
  const { certificateId, publicKey, isAuthority } = facts(pem)
  const certificateArn = iotArn(state.account, 'cert', certificateId)
  if (isAuthority) throw notValid('it is the certificate of an authority')
  if (!isStrongEnough(publicKey)) throw notValid('its public key must be RSA of at least 2048 bits, or NIST P-256, P-384 or P-521')
  if (state.tables.certificates.get(certificateId)) throw alreadyExists('The certificate is already provisioned or registered', certificateId, certificateArn)
  putCertificate(state, { certificateId, pem }, { status, mode: 'SNI_ONLY' })
  return { certificateArn, certificateId }
}

/** A certificate is registered as active or inactive; without a word it is inactive. */
function initialStatus(status: CertificateStatus | undefined): CertificateStatus {
  if (status === undefined) return 'INACTIVE'
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw invalidRequest(`A certificate cannot be registered with the status ${status}`)
  return status
}

function facts(pem: string): CertificateFacts {
  try {
    return readCertificate(pem)
  } catch (cause) {
    throw notValid('it cannot be read', cause)
  }
}

const notValid = (why: string, cause?: unknown) =>
  new AwsError('CertificateValidationException', `The certificate is not valid: ${why}.`, cause === undefined ? {} : { cause })
