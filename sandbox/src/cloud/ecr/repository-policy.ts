// sandbox/src/cloud/ecr/repository-policy.ts: a repository's own policy: checks it, and asks it.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { compile, PolicyMalformed } from '../iam/policy-evaluation.ts'
import type { Principal } from '../service.ts'
import { type Repository, repositoryArn } from './repositories.ts'

/** @throws AwsError InvalidParameterException */
export function checkRepositoryPolicy(policyText: string): void {
  try {
    compile(withResource(policyText, '*'), { kind: 'resource' })
  } catch (cause) {
    if (!(cause instanceof PolicyMalformed || cause instanceof SyntaxError)) throw cause
    throw new AwsError('InvalidParameterException', `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided': ${cause.message}`, { cause })
  }
}

/** Lets in a role of the same account that its own policies do not mention. */
export function repositoryPolicyPermits({ name, policy }: Repository, principal: Principal, action: string, account: Account): boolean {
  if (policy === undefined || principal.kind !== 'role-session') return false
  const { accountId } = account
  const resource = repositoryArn(name, account)
  const names = [principal.arn, `arn:aws:iam::${accountId}:role/${principal.roleName}`, `arn:aws:iam::${accountId}:root`, accountId]
  return compile(withResource(policy, resource), { kind: 'resource' }).evaluate({ action, resource, principal: { type: 'AWS', names } }).allowed
}

/** Repository policies name no resource: it is the repository. */
function withResource(policy: string, resource: string): string {
  const document = JSON.parse(policy) as unknown
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return policy
  const statements = [document.Statement].flat<unknown[]>()
  return JSON.stringify({ ...document, Statement: statements.map((statement) => (typeof statement === 'object' ? { Resource: resource, ...statement } : statement)) })
}
