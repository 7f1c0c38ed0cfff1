// sandbox/src/cloud/iam/trust.ts: whether a role's trust policy lets a principal assume it.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { type IamRecords, roleOfArn, type RoleRecord } from './iam-records.ts'
import type { PoliciesInForce } from './policies-in-force.ts'
import type { Context, PolicyRequest } from './policy-evaluation.ts'

export interface Assuming {
  readonly roleArn: string
  readonly action: 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity' | 'sts:TagSession'
  readonly principal: NonNullable<PolicyRequest['principal']>
  /** Who asks, for the refusal. */
  readonly who: string
  readonly context: Context
}

export interface TrustOptions {
  readonly records: IamRecords
  readonly account: Account
  readonly policies: PoliciesInForce
}

/** A role that is not there is refused in the same words, so that nobody can probe for names. @throws AwsError AccessDenied */
export function trustedRole({ records, account, policies }: TrustOptions, { roleArn, action, principal, who, context }: Assuming): RoleRecord {
  const role = roleOfArn(records, account, roleArn)
  if (role && policies.trust(role).evaluate({ action, resource: roleArn, principal, context }).allowed) return role
  throw new AwsError('AccessDenied', `${who} is not authorized to perform: ${action} on resource: ${roleArn}`, { status: 403 })
}
