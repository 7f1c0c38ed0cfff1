// sandbox/src/cloud/iot-core/audit/policy-checks.ts: audit checks of IoT policies: too broad, or not meaning what they seem to.
import { readPolicyDocument, type Statement } from '../../iam/policy-document.ts'
import { keyOf } from '../../store/store.ts'
import type { RegistryState } from '../registry/registry-state.ts'
import { allowing, broadDataPlaneActions, resourcesOf } from './broad-access.ts'
import type { Check, Finding } from './check.ts'

type Verdict = Pick<Finding, 'code' | 'reason'>

/** Judges the default version of each policy. */
const ofEach = ({ tables }: RegistryState, judge: (statements: readonly Statement[]) => readonly Verdict[]): Check => () => {
  const policies = tables.policies.all()
  const findings = policies.flatMap(([policyName, { defaultVersionId }]) => {
    const { document } = tables.policyVersions.get(keyOf(policyName, String(defaultVersionId).padStart(10, '0'))) ?? { document: EMPTY }
    const resource = { resourceType: 'IOT_POLICY' as const, resourceIdentifier: { policyVersionIdentifier: { policyName, policyVersionId: String(defaultVersionId) } } }
    return judge(readPolicyDocument(document, 'identity').statements).map((verdict) => ({ ...verdict, resource }))
  })
  return { total: policies.length, findings }
}

const EMPTY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

export function policyChecks(state: RegistryState) {
  return {
    IOT_POLICY_OVERLY_PERMISSIVE_CHECK: ofEach(state, (statements) => {
      const broad = broadDataPlaneActions(statements)
      return broad.length === 0 ? [] : [{ code: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', reason: `Policy allows broad access to IoT data plane actions: [${broad.join(', ')}].` }]
    }),
    IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK: ofEach(state, (statements) => [...wildcardsInDeny(statements), ...deniedButReachable(statements)]),
  } satisfies Record<string, Check>
}

/** Device Defender guide, «AWS IoT policy potentially misconfigured»: `+` and `#` are literal in policies, so such a deny denies next to nothing. */
function wildcardsInDeny(statements: readonly Statement[]): readonly Verdict[] {
  const isMisleading = statements.some((statement) => statement.effect === 'Deny' && resourcesOf(statement).some((resource) => /^topic(filter)?\/(.*\/)?[+#](\/|$)/.test(resource)))
  return isMisleading ? [{ code: 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT', reason: 'Policy contains MQTT wildcards in a deny statement.' }] : []
}

/** A denied topic filter can be had by a broader one that is allowed, unless receiving from those topics is denied, too. */
function deniedButReachable(statements: readonly Statement[]): readonly Verdict[] {
  const denied = statements.filter((statement) => denying(statement, 'iot:Subscribe')).flatMap((statement) => under('topicfilter/', statement))
  const notReceived = new Set(statements.filter((statement) => denying(statement, 'iot:Receive')).flatMap((statement) => under('topic/', statement)))
  const allowed = statements.filter((statement) => allowing(statement, 'iot:Subscribe')).flatMap((statement) => under('topicfilter/', statement))
  const isReachable = (filter: string) => !notReceived.has(filter) && allowed.some((broader) => broader.endsWith('*') && filter !== broader && filter.startsWith(broader.slice(0, -1)))
  return denied.some(isReachable) ? [{ code: 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS', reason: 'Topic filters that are intended to be denied can be subscribed to with wildcards.' }] : []
}

const denying = (statement: Statement, action: string) => statement.effect === 'Deny' && allowing({ ...statement, effect: 'Allow' }, action)
const under = (kind: string, statement: Statement) => resourcesOf(statement).flatMap((resource) => (resource.startsWith(kind) ? [resource.slice(kind.length)] : []))
