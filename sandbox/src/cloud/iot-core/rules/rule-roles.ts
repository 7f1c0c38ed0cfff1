// sandbox/src/cloud/iot-core/rules/rule-roles.ts: a rule acts in the role that its action names: does that role let it?
import { AwsError } from '../../aws-error.ts'
import type { Clock } from '../../clock.ts'
import type { RoleSessions } from '../../ports.ts'
import { ActionFailed } from './rule-action.ts'

export interface RuleRoles {
  /** @throws ActionFailed when the role cannot be assumed by AWS IoT for this rule, or does not allow one of the actions */
  require(roleArn: string, use: { readonly ruleArn: string; readonly actions: readonly string[]; readonly resource: string; readonly context?: Readonly<Record<string, string>> }): void
}

/** Sessions are kept a while, as AWS does; what the role allows is asked each time. */
const SESSION_SECONDS = 900

export function ruleRoles(roles: RoleSessions, clock: Clock): RuleRoles {
  const assumedUntil = new Map<string, Date>()
  const assume = (roleArn: string, ruleArn: string) => {
    const key = `${roleArn} ${ruleArn}`
    if ((assumedUntil.get(key) ?? new Date(0)) > clock.now()) return
    roles.assume({ roleArn, service: 'iot.amazonaws.com', sessionName: 'iot-rule', durationSeconds: SESSION_SECONDS, context: { 'aws:SourceArn': ruleArn } })
    assumedUntil.set(key, new Date(clock.now().getTime() + SESSION_SECONDS * 1000))
  }
  return {
    require(roleArn, { ruleArn, actions, resource, context }) {
      try {
        assume(roleArn, ruleArn)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        throw new ActionFailed(`AWS IoT cannot assume the role ${roleArn}: ${error.message}`, { cause: error })
      }
      const denied = actions.find((action) => !roles.permits(roleArn, action, resource, context))
      if (denied !== undefined) throw new ActionFailed(`The role ${roleArn} is not authorized to perform: ${denied} on resource: ${resource}`)
    },
  }
}
