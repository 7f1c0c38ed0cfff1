// sandbox/src/cloud/iam/iam.ts: IAM and STS of this cloud: roles, policies, sessions, and who an access key is.
import { type Account, globalArn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { FederatedSessions, RoleSessions } from '../ports.ts'
import type { Grant, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import type { Identities } from '../wire/identities.ts'
import type { IamContext } from './iam-context.ts'
import { type IamRecords, iamRecords, policyArn, roleArn, roleOfArn } from './iam-records.ts'
import { identityProviderOperations } from './identity-providers.ts'
import { managedPolicyOperations } from './managed-policies.ts'
import { policiesInForce } from './policies-in-force.ts'
import { compile, contextOf, evaluate } from './policy-evaluation.ts'
import { rolePolicyOperations } from './role-policies.ts'
import { roleOperations } from './roles.ts'
import { sessionArn, sessions, type Sessions } from './sessions.ts'
import { stsService } from './sts.ts'
import { trustedRole } from './trust.ts'
import { fetchKeysOfIssuer, type KeysOfIssuer } from './web-identity-token.ts'

export interface IamOptions {
  readonly store: Store
  readonly clock: Clock
  readonly account: Account
  /** The account's own key. */
  readonly rootKey: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly keysOfIssuer?: KeysOfIssuer
}

export interface Iam {
  readonly services: readonly [iam: Service, sts: Service]
  readonly operations: IamOperations
  readonly identities: Identities
  readonly roleSessions: RoleSessions
  readonly federatedSessions: FederatedSessions
  /** As if so much of the time of what was lent to this role had gone by. */
  readonly ageSessions: Sessions['age']
}

/** With the SDK's types, for Cloud Control and others that work with roles. */
export type IamOperations = ReturnType<typeof iamOperations>

export function openIam({ store, clock, account, rootKey, keysOfIssuer = fetchKeysOfIssuer }: IamOptions): Iam {
  const records = iamRecords(store)
  const policies = policiesInForce(records)
  const kept = sessions(store, clock)
  const operations = iamOperations({ records, account, clock, changed: () => policies.forget() })
  const trust = { records, account, policies }
  return {
    operations,
    ageSessions: (roleName, byMs) => kept.age(roleName, byMs),
    services: [iamService(operations, records), stsService({ ...trust, clock, sessions: kept, keysOfIssuer })],
    identities: {
      byAccessKey(accessKeyId) {
        if (accessKeyId === rootKey.accessKeyId) return { principal: { kind: 'account', arn: globalArn('iam', account, 'root'), accessKeyId }, secretAccessKey: rootKey.secretAccessKey, session: undefined }
        const session = kept.get(accessKeyId)
        if (!session || records.roles.get(session.roleName)?.roleId !== session.roleId) return undefined
        const { roleName, sessionName, secretAccessKey, sessionToken, expiration } = session
        return { principal: { kind: 'role-session', arn: sessionArn(account, roleName, sessionName), roleName, accessKeyId }, secretAccessKey, session: { token: sessionToken, expiration } }
      },
      sessionContext: (principal) => (principal.kind === 'role-session' ? (kept.get(principal.accessKeyId)?.context ?? {}) : {}),
      policiesOf(principal) {
        if (principal.kind !== 'role-session') return []
        const narrowing = kept.get(principal.accessKeyId)?.sessionPolicies ?? []
        const boundary = policies.boundary(principal.roleName)
        const session = narrowing.map((document) => compile(document, { name: 'session policy' })) // what any of them allows
        return [policies.of(principal.roleName), ...(boundary ? [boundary] : []), ...(session.length > 0 ? [session] : [])]
      },
    },
    federatedSessions: {
      assume({ roleArn: arn, provider, sessionName, durationSeconds, context: own, tags = {} }) {
        const asked = { roleArn: arn, principal: { type: 'Federated', names: [provider] }, who: 'Not', context: contextOf({ ...own, ...tagKeys('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) }) } as const
        const role = trustedRole(trust, { ...asked, action: 'sts:AssumeRoleWithWebIdentity' })
        if (Object.keys(tags).length > 0) trustedRole(trust, { ...asked, action: 'sts:TagSession' })
        return kept.begin({ role, sessionName, durationSeconds, context: { ...own, ...tagKeys('aws:PrincipalTag', tags) } })
      },
    },
    roleSessions: {
      assume({ roleArn: arn, service, sessionName, durationSeconds, context: own = {} }) {
        const context = contextOf({ 'aws:SourceAccount': account.accountId, ...own })
        const role = trustedRole(trust, { roleArn: arn, action: 'sts:AssumeRole', principal: { type: 'Service', names: [service] }, who: `User: ${service}`, context })
        if (durationSeconds > role.maxSessionSeconds) throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', { status: 400 })
        return kept.begin({ role, sessionName, durationSeconds, context: own })
      },
      permits(named, action, resource, context = {}) {
        const role = named.startsWith('arn:') ? roleOfArn(records, account, named) : records.roles.get(named)
        const boundary = role && policies.boundary(role.roleName)
        return role !== undefined && [policies.of(role.roleName), ...(boundary ? [boundary] : [])].every((group) => evaluate(group, { action, resource, context: contextOf(context) }).allowed)
      },
    },
  }
}

/** Of tags the condition keys (IAM guide, «Passing session tags in AWS STS»). */
const tagKeys = (key: string, tags: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]))

const iamOperations = (context: IamContext) => ({
  ...roleOperations(context),
  ...rolePolicyOperations(context),
  ...managedPolicyOperations(context),
  ...identityProviderOperations(context),
})

interface Named {
  readonly RoleName?: string
  readonly PolicyArn?: string
  readonly PolicyName?: string
  readonly Path?: string
  readonly OpenIDConnectProviderArn?: string
  readonly PermissionsBoundary?: string
}

/** Their requests have the condition key iam:PermissionsBoundary: of the request, or else of the role as it is (Service Authorization Reference, IAM). */
const ABOUT_BOUNDARY = ['AttachRolePolicy', 'CreateRole', 'DeleteRolePermissionsBoundary', 'DeleteRolePolicy', 'DetachRolePolicy', 'PutRolePermissionsBoundary', 'PutRolePolicy']

/** Every operation is granted on the ARN of what it names. */
function iamService(operations: IamOperations, records: IamRecords): Service {
  const grants = Object.keys(operations).map((name) => [name, grantOf(name, records)] as const)
  return { model: 'iam', operations, grants: Object.fromEntries(grants) }
}

const grantOf =
  (name: string, records: IamRecords) =>
  (input: Named, account: Account): Grant => ({
    action: `iam:${name}`,
    resources: [resourceOf(input, account, records)],
    ...(ABOUT_BOUNDARY.includes(name) && { context: { 'iam:PermissionsBoundary': input.PermissionsBoundary ?? records.roles.get(input.RoleName ?? '')?.boundary } }),
  })

function resourceOf({ RoleName, PolicyArn, PolicyName, Path = '/', OpenIDConnectProviderArn }: Named, account: Account, { roles }: IamRecords): string {
  if (RoleName !== undefined) return roleArn(account, roles.get(RoleName) ?? { path: Path, roleName: RoleName })
  if (PolicyArn !== undefined) return PolicyArn
  if (PolicyName !== undefined) return policyArn(account, { path: Path, policyName: PolicyName })
  return OpenIDConnectProviderArn ?? '*'
}
