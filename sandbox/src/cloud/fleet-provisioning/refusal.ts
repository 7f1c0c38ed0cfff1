// sandbox/src/cloud/fleet-provisioning/refusal.ts: why a device was refused, and how it and the operator are told.
import { AwsError } from '../aws-error.ts'

/**
 * AWS documents the payload of `…/rejected` but not its codes. `InvalidCertificateOwnershipToken`, 400, and `AccessDenied`, 403, were
 * seen by users (aws-iot-device-sdk-js-v2#69, aws-iot-fleet-provisioning#25); 404, 429 and 500 are the statuses that AWS's embedded SDK
 * tells apart. The other codes are ours, in their style.
 */
const STATUS = {
  InvalidPayload: 400,
  InvalidCertificateSigningRequest: 400,
  InvalidCertificateOwnershipToken: 400,
  InvalidParameters: 400,
  InvalidRequest: 400,
  AccessDenied: 403,
  ResourceNotFound: 404,
  ResourceConflict: 409,
  Throttling: 429,
  InternalFailure: 500,
} as const

export type RefusalCode = keyof typeof STATUS

/** `message` is for the device; `why` for the operator's log, where it says more. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly why: string
  /** Whose certificate it is about, when the device has proved that it is its own. */
  readonly device: RefusedDevice | undefined

  constructor(code: RefusalCode, message: string, options: { readonly why?: string; readonly device?: RefusedDevice; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.why = options.why ?? message
    this.device = options.device
  }
}

export interface RefusedDevice {
  readonly certificateId: string
  readonly commonName: string | undefined
}

/** The same refusal, of this device. */
export const refusalOf = (device: RefusedDevice, { code, message, why, cause }: Refusal) => new Refusal(code, message, { why, device, cause })

/** The payload of `…/rejected` (developer guide, «Device provisioning MQTT API»). */
export const rejection = ({ code, message }: Refusal) => ({ statusCode: STATUS[code], errorCode: code, errorMessage: message })

/** What the registry, IAM or the planner refused, as a device is told it. */
export function refusalFrom(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (!(error instanceof AwsError)) return new Refusal('InternalFailure', 'Internal failure', { why: String(error), cause: error })
  return new Refusal(CODES[error.code] ?? 'InvalidRequest', error.message, { cause: error })
}

const CODES: Readonly<Record<string, RefusalCode>> = {
  UnauthorizedException: 'AccessDenied',
  AccessDenied: 'AccessDenied',
  AccessDeniedException: 'AccessDenied',
  ResourceNotFoundException: 'ResourceNotFound',
  ResourceAlreadyExistsException: 'ResourceConflict',
  ResourceConflictsException: 'ResourceConflict',
  VersionConflictException: 'ResourceConflict',
  ThrottlingException: 'Throttling',
  InternalFailureException: 'InternalFailure',
}
