// sandbox/src/cloud/iot-core/audit/broad-access.ts: whether a policy lets its holder reach the messages, shadows and jobs of many devices.
import type { Statement } from '../../iam/policy-document.ts'
import { compilePattern } from '../../iam/policy-pattern.ts'

/** Actions of the data plane, with what is too broad for each (Device Defender guide, «AWS IoT policies overly permissive»). Receive is not among them: one receives only what one may subscribe to. */
const DATA_PLANE: Readonly<Record<string, (resource: string, statement: Statement) => boolean>> = {
  'iot:Connect': (resource, statement) => isAllOf('client/', resource) || (resource === 'client/${iot:ClientId}' && !asksForAttachment(statement)),
  'iot:Publish': (resource) => isAllOf('topic/', resource) || reachesAllThings('topic/', resource),
  'iot:RetainPublish': (resource) => isAllOf('topic/', resource) || reachesAllThings('topic/', resource),
  'iot:Subscribe': (resource) => isAllOf('topicfilter/', resource) || reachesAllThings('topicfilter/', resource),
  ...Object.fromEntries(
    ['DeleteThingShadow', 'GetThingShadow', 'UpdateThingShadow', 'DescribeJobExecution', 'GetPendingJobExecutions', 'StartNextPendingJobExecution', 'UpdateJobExecution'].map((action) => [`iot:${action}`, (resource: string) => isAllOf('thing/', resource)]),
  ),
}

/** The data-plane actions that these statements allow for a broad set of devices, in the order of the table. */
export const broadDataPlaneActions = (statements: readonly Statement[]): readonly string[] =>
  Object.entries(DATA_PLANE).flatMap(([action, isBroad]) => (statements.some((statement) => allowing(statement, action) && resourcesOf(statement).some((resource) => resource === '*' || isBroad(resource, statement))) ? [action] : []))

export const allowing = ({ effect, action: { negated, values } }: Statement, action: string): boolean =>
  effect === 'Allow' && values.some((value) => compilePattern(value.toLowerCase(), { wildcards: true, variables: false }).matches(action.toLowerCase(), () => undefined)) !== negated

/** Without the head of their ARNs; `*` where the wildcard is already in the head, or where all but some are named. */
export function resourcesOf({ resource }: Statement): readonly string[] {
  if (!resource || resource.negated) return ['*']
  return resource.values.map((value) => /^arn:[^:*?]*:iot:[^:]*:[^:]*:(.+)$/s.exec(value)?.[1] ?? (/[*?]/.test(value.split(':').slice(0, 5).join(':')) ? '*' : value))
}

/** Whether nothing but a wildcard follows on the kind; MQTT's own wildcards are literal in policies, but let one subscribe to all at once. */
const isAllOf = (kind: string, resource: string) => /^([*?#+])/.test(after(kind, resource)) || kind.startsWith(untilWildcard(resource))

/** `$aws/things/*`: the shadows and jobs of every thing. */
const reachesAllThings = (kind: string, resource: string) => {
  const topic = after(kind, resource)
  return /[*?]/.test(topic) && '$aws/things/'.startsWith(untilWildcard(topic)) ? true : /^\$aws\/things\/[+#]/.test(topic)
}

const after = (kind: string, resource: string) => (resource.startsWith(kind) ? resource.slice(kind.length) : '')
const untilWildcard = (text: string) => /^[^*?]*/.exec(text)?.[0] ?? ''

/** `iot:Connection.Thing.IsAttached` */
const asksForAttachment = ({ conditions }: Statement) => conditions.some(({ key, values }) => key.toLowerCase() === 'iot:connection.thing.isattached' && values.includes('true'))
