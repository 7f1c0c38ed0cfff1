// sandbox/src/cloud/iot-core/audit/role-alias-checks.ts: audit checks of role aliases: what devices may do in AWS with the credentials that they get.
import { iotArn } from '../registry/arns.ts'
import type { RegistryState } from '../registry/registry-state.ts'
import { readPolicyDocument, type Statement } from '../../iam/policy-document.ts'
import { allowing, broadDataPlaneActions, resourcesOf } from './broad-access.ts'
import type { Check, CheckScope, Finding } from './check.ts'

export interface RoleReader {
  /** Documents (JSON text) of all policies of this role; undefined when there is no such role. */
  documentsOf(roleName: string): readonly string[] | undefined
  createdAt(roleName: string): Date | undefined
  lastUse(roleName: string, service: string): Date | undefined
}

type Verdict = Pick<Finding, 'code' | 'reason'>
interface Judged {
  readonly roleName: string
  readonly statements: readonly Statement[]
}

const YEAR_MS = 365 * 86_400_000

const roleNameOf = (roleArn: string) => roleArn.split('/').at(-1) ?? ''
/** Of all policies of this role. */
export const statementsOf = (roles: Pick<RoleReader, 'documentsOf'>, roleArn: string): readonly Statement[] =>
  (roles.documentsOf(roleNameOf(roleArn)) ?? []).flatMap((document) => readPolicyDocument(document, 'identity').statements)

const ofEach = ({ tables, account }: RegistryState, roles: RoleReader, judge: (role: Judged, scope: CheckScope) => readonly Verdict[]): Check => (scope) => {
  const aliases = tables.roleAliases.all()
  const findings: Finding[] = []
  for (const [alias, { roleArn }] of aliases) {
    const roleName = roleNameOf(roleArn)
    const statements = statementsOf(roles, roleArn)
    const resource = { resourceType: 'ROLE_ALIAS' as const, resourceIdentifier: { roleAliasArn: iotArn(account, 'rolealias', alias) } }
    const related = [{ resourceType: 'IAM_ROLE' as const, resourceIdentifier: { iamRoleArn: roleArn } }]
    findings.push(...judge({ roleName, statements }, scope).map((verdict) => ({ ...verdict, resource, related })))
  }
  return { total: aliases.length, findings }
}

export function roleAliasChecks(state: RegistryState, roles: RoleReader) {
  return {
    IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK: ofEach(state, roles, ({ roleName, statements }, { now }) => {
      const isUsed = (service: string) => now.getTime() - (roles.lastUse(roleName, service)?.getTime() ?? -Infinity) < YEAR_MS
      return overlyPermissive(statements, isUsed)
    }),
    /** A role that is younger than a year cannot have left a service unused for one. */
    IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK: ofEach(state, roles, ({ roleName, statements }, { now }) => {
      const since = now.getTime() - YEAR_MS
      if ((roles.createdAt(roleName)?.getTime() ?? Infinity) > since) return []
      const unused = [...servicesOf(statements)].filter((service) => (roles.lastUse(roleName, service)?.getTime() ?? -Infinity) < since)
      return unused.length === 0 ? [] : [{ code: 'ALLOWS_ACCESS_TO_UNUSED_SERVICES', reason: `Role alias allows access to services that were not used in the last year: [${unused.join(', ')}].` }]
    }),
  } satisfies Record<string, Check>
}

/** Device Defender guide, «Role alias overly permissive». */
const AUDITING = ['iam', 'cloudtrail', 'guardduty', 'inspector', 'trustedadvisor']
const THING_READS = ['DescribeThing', 'DescribeThingGroup', 'DescribeThingType', 'ListThings', 'ListThingGroups', 'ListThingsInThingGroup', 'ListThingPrincipals', 'ListThingTypes', 'SearchIndex']
const THING_WRITES = ['CreateThing', 'UpdateThing', 'DeleteThing', 'RegisterThing', 'AttachThingPrincipal', 'DetachThingPrincipal', 'AddThingToThingGroup', 'RemoveThingFromThingGroup', 'CreateThingGroup', 'UpdateThingGroup', 'DeleteThingGroup']
const OTHER_ADMIN = ['CreatePolicy', 'CreatePolicyVersion', 'DeletePolicy', 'AttachPolicy', 'DetachPolicy', 'CreateKeysAndCertificate', 'CreateCertificateFromCsr', 'RegisterCertificate', 'UpdateCertificate', 'DeleteCertificate', 'CreateTopicRule', 'ReplaceTopicRule', 'CreateJob', 'CancelJob', 'CreateRoleAlias', 'UpdateRoleAlias', 'CreateProvisioningTemplate', 'UpdateEventConfigurations', 'SetV2LoggingOptions']

function overlyPermissive(statements: readonly Statement[], isUsed: (service: string) => boolean): readonly Verdict[] {
  const allows = (action: string) => statements.some((statement) => allowing(statement, `iot:${action}`))
  const allowsBroadly = (action: string) => statements.some((statement) => allowing(statement, `iot:${action}`) && resourcesOf(statement).some((resource) => /^([a-z]+\/)?\*$/.test(resource)))
  const administered = [...servicesOf(statements)].filter((service) => isUsed(service) && statements.some((statement) => allowing(statement, `${service}:AnyActionAtAll`)))
  const audited = AUDITING.filter((service) => servicesOf(statements).has(service))
  const dataPlane = broadDataPlaneActions(statements)
  return [
    ...verdict('ALLOWS_BROAD_ACCESS_TO_USED_SERVICES', administered, 'all actions of services in use'),
    ...verdict('ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES', audited, 'security auditing services'),
    ...verdict('ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS', THING_READS.filter(allowsBroadly), 'reading all things'),
    ...verdict('ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS', OTHER_ADMIN.filter(allows), 'administration of AWS IoT'),
    ...verdict('ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS', THING_WRITES.filter(allows), 'administration of things'),
    ...verdict('ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', dataPlane, 'broad access to IoT data plane actions'),
  ]
}

const verdict = (code: string, what: readonly string[], kind: string): readonly Verdict[] => (what.length === 0 ? [] : [{ code, reason: `Role alias allows ${kind}: [${what.join(', ')}].` }])

/** Prefixes of the actions that are allowed; `*` alone reaches the auditing services and AWS IoT, whatever else there is. */
function servicesOf(statements: readonly Statement[]): ReadonlySet<string> {
  const prefixes = statements.flatMap(({ effect, action: { negated, values } }) => (effect !== 'Allow' ? [] : negated ? ['*'] : values.map((value) => value.split(':')[0]?.toLowerCase() ?? '')))
  return new Set(prefixes.flatMap((prefix) => (prefix === '*' ? [...AUDITING, 'iot'] : [prefix])))
}
