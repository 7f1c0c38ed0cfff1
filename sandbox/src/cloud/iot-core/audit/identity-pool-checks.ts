// sandbox/src/cloud/iot-core/audit/identity-pool-checks.ts: audit checks of Cognito identity pools: what those who connect through one may do on AWS IoT.
import type { Statement } from '../../iam/policy-document.ts'
import { allowing, broadDataPlaneActions, resourcesOf } from './broad-access.ts'
import type { Check, Finding } from './check.ts'
import { HISTORY_MS } from './connection-checks.ts'
import type { IdentityPoolUse } from './identity-pool-use.ts'
import { type RoleReader, statementsOf } from './role-alias-checks.ts'

export interface IdentityPoolReader {
  /** As GetIdentityPoolRoles has them, `authenticated` and `unauthenticated`; undefined when there is no such pool. */
  rolesOf(poolId: string): Readonly<Record<string, string>> | undefined
}

export interface IdentityPoolChecksOptions {
  readonly pools: IdentityPoolReader
  readonly uses: Pick<IdentityPoolUse, 'since'>
  readonly roles: Pick<RoleReader, 'documentsOf'>
  /** Names of all operations of AWS IoT, for which a wildcard may stand. */
  readonly operations: () => readonly string[]
}

type Verdict = Pick<Finding, 'code' | 'reason'>

/** Device Defender guide, «Authenticated …» and «Unauthenticated Cognito role overly permissive»: sections «Manage or modify things», «Read thing administrative data». */
const THING_WRITES = ['AddThingToThingGroup', 'AttachThingPrincipal', 'CreateThing', 'DeleteThing', 'DetachThingPrincipal', 'ListThings', 'ListThingsInThingGroup', 'RegisterThing', 'RemoveThingFromThingGroup', 'UpdateThing', 'UpdateThingGroupsForThing']
const THING_READS = ['DescribeThing', 'ListJobExecutionsForThing', 'ListThingGroupsForThing', 'ListThingPrincipals']
/** Its sections on messages, shadows and jobs, as far as they are operations; all that no section names is administration. */
const DEVICE_WORK = ['Publish', 'DeleteThingShadow', 'GetThingShadow', 'UpdateThingShadow', 'DescribeJobExecution', 'GetPendingJobExecutions', 'StartNextPendingJobExecution', 'UpdateJobExecution']
const DISCUSSED: ReadonlySet<string> = new Set([...THING_WRITES, ...THING_READS, ...DEVICE_WORK])

export function identityPoolChecks({ pools, uses, roles, operations }: IdentityPoolChecksOptions) {
  /** Of the pools through which somebody connected to the broker within 31 days, by whichever role. */
  const ofEach =
    (kind: 'authenticated' | 'unauthenticated', judge: (statements: readonly Statement[]) => readonly Verdict[]): Check =>
    ({ now }) => {
      const used = uses.since(new Date(now.getTime() - HISTORY_MS)).flatMap((poolId) => {
        const known = pools.rolesOf(poolId)
        return known ? [{ poolId, roleArn: known[kind] }] : []
      })
      const findings = used.flatMap(({ poolId, roleArn }): readonly Finding[] => {
        if (roleArn === undefined) return []
        const resource = { resourceType: 'COGNITO_IDENTITY_POOL' as const, resourceIdentifier: { cognitoIdentityPoolId: poolId } }
        const related = [{ resourceType: 'IAM_ROLE' as const, resourceIdentifier: { iamRoleArn: roleArn } }]
        return judge(statementsOf(roles, roleArn)).map((each) => ({ ...each, resource, related }))
      })
      return { total: used.length, findings }
    }
  const administration = (statements: readonly Statement[]) => operations().filter((name) => !DISCUSSED.has(name) && allows(statements, name))
  return {
    /** The guide lists no code for the data plane here, but says that it counts: the code is that of the check's siblings. */
    AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: ofEach('authenticated', (statements) => [
      ...verdict('ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS', THING_READS.filter((name) => allowsBroadly(statements, name)), 'Authenticated role allows broad access to IoT thing admin read actions'),
      ...verdict('ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS', administration(statements), 'Authenticated role allows access to IoT non-thing admin actions'),
      ...verdict('ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS', THING_WRITES.filter((name) => allows(statements, name)), 'Authenticated role allows access to IoT thing admin write actions'),
      ...broadly(statements, 'Authenticated role allows broad access to IoT data plane actions'),
    ]),
    /** Here one thing is too many already. */
    UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: ofEach('unauthenticated', (statements) => [
      ...verdict('ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS', [...[...THING_WRITES, ...THING_READS].filter((name) => allows(statements, name)), ...administration(statements)], 'Unauthenticated role allows access to IoT admin actions'),
      ...broadly(statements, 'Unauthenticated role allows broad access to IoT data plane actions'),
    ]),
  } satisfies Record<string, Check>
}

const allows = (statements: readonly Statement[], name: string) => statements.some((statement) => allowing(statement, `iot:${name}`))
/** `thing/My*` is limited by its prefix, says the guide. */
const allowsBroadly = (statements: readonly Statement[], name: string) => statements.some((statement) => allowing(statement, `iot:${name}`) && resourcesOf(statement).some((resource) => /^([a-z]+\/)?[*?]/.test(resource)))

const broadly = (statements: readonly Statement[], what: string) =>
  verdict('ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', broadDataPlaneActions(statements).map((action) => action.replace(/^iot:/, '')), what)

/** `iot:*` is some hundred actions: whoever reads it has understood after these. */
const MOST_NAMED = 10
const verdict = (code: string, names: readonly string[], what: string): readonly Verdict[] =>
  names.length === 0 ? [] : [{ code, reason: `${what}: [${names.slice(0, MOST_NAMED).map((name) => `iot:${name}`).join(', ')}${names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : ''}].` }]
