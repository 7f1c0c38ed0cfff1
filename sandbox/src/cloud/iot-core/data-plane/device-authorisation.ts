// sandbox/src/cloud/iot-core/data-plane/device-authorisation.ts: may a device that called by HTTPS do this? (IAM callers were held to their policies by the gateway.)
import { AwsError } from '../../aws-error.ts'
import type { Call } from '../../service.ts'
import type { DeviceIdentities } from '../policy/device-identity.ts'
import type { IotAction } from '../policy/identity.ts'

export type Authorise = (call: Call, action: IotAction, resource: string) => void

/** Throws AwsError ForbiddenException for a device whose AWS IoT policies do not allow it; there is no client id, so thing variables have no value. */
export const deviceAuthorisation =
  (identities: DeviceIdentities): Authorise =>
  ({ principal }, action, resource) => {
    if (principal.kind !== 'certificate') return
    const identity = identities.of(principal.certificateId)
    if (identity.refusedBecause() === undefined && identity.permits(action, resource, {})) return
    throw new AwsError('ForbiddenException', 'Forbidden', { status: 403 }) // the model of jobs does not have this error
  }

/** `principal()` of rules and of services: the certificate id, or the ARN of an IAM caller. */
export const principalIdOf = ({ principal }: Call): string => (principal.kind === 'certificate' ? principal.certificateId : principal.kind === 'anonymous' ? 'anonymous' : principal.arn)
