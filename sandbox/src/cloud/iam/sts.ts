// sandbox/src/cloud/iam/sts.ts: the Security Token Service: who am I, and sessions of roles.
import type { Credentials } from '@aws-sdk/client-sts'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, atMost, matching, notLongerThan, notShorterThan } from '../constraint.ts'
import type { RoleCredentials } from '../ports.ts'
import type { Call, OperationsOf, Principal, Service } from '../service.ts'
import { namesOf } from '../wire/authorisation.ts'
import { readDocument, refuseViolations } from './checks.ts'
import { identityProviderArn } from './identity-providers.ts'
import type { IamRecords, RoleRecord } from './iam-records.ts'
import { managedDocument } from './policies-in-force.ts'
import { contextOf } from './policy-evaluation.ts'
import { sessionArn, type Sessions } from './sessions.ts'
import { type TrustOptions, trustedRole } from './trust.ts'
import { type KeysOfIssuer, verifiedClaims } from './web-identity-token.ts'

export interface StsOptions extends TrustOptions {
  readonly clock: Clock
  readonly sessions: Sessions
  readonly keysOfIssuer: KeysOfIssuer
}

const HOUR_S = 3600

export function stsService(options: StsOptions): Service {
  const { account, clock, records, sessions } = options
  const operations = {
    GetCallerIdentity: (_input, { principal }) => ({ Account: account.accountId, Arn: 'arn' in principal ? principal.arn : '', UserId: userIdOf(principal, { account, records, sessions }) }),
    AssumeRole({ RoleArn: roleArn = '', RoleSessionName: sessionName = '', DurationSeconds: durationSeconds = HOUR_S, Policy: policy, PolicyArns, SourceIdentity }, call) {
      refuseInvalidSession({ roleArn, sessionName, durationSeconds })
      const role = trustedRole(options, { roleArn, action: 'sts:AssumeRole', ...callerOf(call) })
      if (call.principal.kind === 'role-session' && durationSeconds > HOUR_S) throw tooLong('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining')
      return { ...begin(role, { sessionName, durationSeconds, sessionPolicies: narrowing(policy, PolicyArns) }), ...(SourceIdentity === undefined ? {} : { SourceIdentity }) }
    },
    async AssumeRoleWithWebIdentity({ RoleArn: roleArn = '', RoleSessionName: sessionName = '', DurationSeconds: durationSeconds = HOUR_S, WebIdentityToken: token = '', Policy: policy, PolicyArns }) {
      refuseInvalidSession({ roleArn, sessionName, durationSeconds })
      const { claims, issuer, audience } = await verifiedClaims(token, { records, account, now: clock.now(), keysOfIssuer: options.keysOfIssuer })
      const claim = (name: string) => (typeof claims[name] === 'string' ? claims[name] : undefined)
      const context = contextOf({ ...Object.fromEntries(Object.keys(claims).map((name) => [`${issuer}:${name}`, claim(name)])), [`${issuer}:aud`]: audience })
      const principal = { type: 'Federated', names: [identityProviderArn(account, issuer)] } as const
      const role = trustedRole(options, { roleArn, action: 'sts:AssumeRoleWithWebIdentity', principal, who: 'Not', context })
      const begun = begin(role, { sessionName, durationSeconds, sessionPolicies: narrowing(policy, PolicyArns) })
      return { ...begun, SubjectFromWebIdentityToken: claim('sub'), Audience: audience, Provider: identityProviderArn(account, issuer) }
    },
  } satisfies OperationsOf<typeof import('@aws-sdk/client-sts')>

  const narrowing = (policy: string | undefined, arns: readonly { readonly arn?: string | undefined }[] = []): readonly string[] => [
    ...(policy === undefined ? [] : [readDocument(policy, 'identity')]),
    ...arns.map(({ arn = '' }) => {
      const document = managedDocument(records, arn)
      if (document === undefined) throw new AwsError('ValidationError', `Policy ${arn} does not exist or is not attachable.`, { status: 400 })
      return document
    }),
  ]
  const begin = (role: RoleRecord, session: { sessionName: string; durationSeconds: number; sessionPolicies: readonly string[] }) => {
    if (session.durationSeconds > role.maxSessionSeconds) throw tooLong('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
    const credentials = sessions.begin({ role, ...session })
    return { Credentials: credentialsOf(credentials), AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${session.sessionName}`, Arn: sessionArn(account, role.roleName, session.sessionName) }, PackedPolicySize: session.sessionPolicies.length > 0 ? 1 : undefined }
  }
  return {
    model: 'sts',
    operations,
    unsigned: ['AssumeRoleWithWebIdentity'],
    grants: {
      GetCallerIdentity: () => [], // «No permissions are required», says its reference
      AssumeRole: ({ RoleArn = '' }: { RoleArn?: string }) => ({ action: 'sts:AssumeRole', resources: [RoleArn] }),
    },
  }
}

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken, expiration }: RoleCredentials): Credentials => ({ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: expiration })

const tooLong = (message: string) => new AwsError('ValidationError', message, { status: 400 })

function refuseInvalidSession({ roleArn, sessionName, durationSeconds }: { roleArn: string; sessionName: string; durationSeconds: number }): void {
  if (!/^arn:aws:iam::\d{12}:role\/.+/.test(roleArn)) throw new AwsError('ValidationError', `${roleArn} is invalid`, { status: 400 })
  refuseViolations(['roleSessionName', sessionName, notShorterThan(2), notLongerThan(64), matching(/^[\w+=,.@-]*$/)], ['durationSeconds', durationSeconds, atLeast(900), atMost(12 * HOUR_S)])
}

function callerOf({ principal, account }: Call) {
  const arn = 'arn' in principal ? principal.arn : 'anonymous'
  const names = namesOf(principal, account)
  return { principal: { type: 'AWS', names }, who: `User: ${arn}`, context: contextOf({ 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account.accountId }) } as const
}

function userIdOf(principal: Principal, { account, records, sessions }: { account: Account; records: IamRecords; sessions: Sessions }): string {
  if (principal.kind !== 'role-session') return account.accountId
  return `${records.roles.get(principal.roleName)?.roleId ?? ''}:${sessions.get(principal.accessKeyId)?.sessionName ?? ''}`
}
