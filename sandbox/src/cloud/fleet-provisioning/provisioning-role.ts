// sandbox/src/cloud/fleet-provisioning/provisioning-role.ts: acts in the template's role, which must trust AWS IoT and be granted what is done.
import type { Clock } from '../clock.ts'
import type { RoleSessions } from '../ports.ts'
import type { Permits } from './execute-plan.ts'

/** The shortest session that STS gives. */
const SESSION_SECONDS = 900
/** A new session is taken before the old one ends. */
const MARGIN_MS = 60_000

/** Assumes the role, or goes on in a session of it. @throws AwsError when the role is not there or does not trust AWS IoT */
export function provisioningRoles(roles: RoleSessions, clock: Clock): (roleArn: string) => Permits {
  const sessions = new Map<string, Date>()
  return (roleArn) => {
    const now = clock.now()
    const expiration = sessions.get(roleArn)
    if (!expiration || now.getTime() + MARGIN_MS >= expiration.getTime()) {
      const assumed = roles.assume({ roleArn, service: 'iot.amazonaws.com', sessionName: 'fleet-provisioning', durationSeconds: SESSION_SECONDS })
      sessions.set(roleArn, assumed.expiration)
    }
    return (action, resource) => roles.permits(roleArn, action, resource)
  }
}
