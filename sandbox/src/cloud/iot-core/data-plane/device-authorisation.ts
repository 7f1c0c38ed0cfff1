// sandbox/src/cloud/iot-core/data-plane/device-authorisation.ts: what AWS IoT policies say of a call by HTTPS. (IAM callers were held to their role's policies by the gateway.)
import { AwsError } from '../../aws-error.ts'
import type { Call } from '../../service.ts'
import { contextOf } from '../../iam/policy-evaluation.ts'
import type { CognitoIdentities } from '../policy/cognito-identity.ts'
import type { DeviceIdentities } from '../policy/device-identity.ts'
import type { IotAction } from '../policy/identity.ts'

export type Authorise = (call: Call, action: IotAction, resource: string) => void

export interface Callers {
  readonly identities: DeviceIdentities
  readonly people: CognitoIdentities
}

/** Throws AwsError ForbiddenException for a device, or an identity of Cognito, whose AWS IoT policies do not allow it; there is no client id, so thing variables have no value. */
export const deviceAuthorisation =
  ({ identities, people }: Callers): Authorise =>
  ({ principal }, action, resource) => {
    if (principal.kind === 'certificate' ? deviceMay(identities, principal.certificateId, { action, resource }) : people.permits(principal, { action, resource, context: contextOf({}) })) return
    throw new AwsError('ForbiddenException', 'Forbidden', { status: 403 }) // the model of jobs does not have this error
  }

function deviceMay(identities: DeviceIdentities, certificateId: string, { action, resource }: { readonly action: IotAction; readonly resource: string }): boolean {
  const identity = identities.of(certificateId)
  return identity.refusedBecause() === undefined && identity.permits(action, resource, {})
}

/** `principal()` of rules and of services: the certificate id, or the ARN of an IAM caller. */
export const principalIdOf = ({ principal }: Call): string => (principal.kind === 'certificate' ? principal.certificateId : principal.kind === 'anonymous' ? 'anonymous' : principal.arn)
