// sandbox/src/cloud/s3/public-policy.ts: whether a bucket policy opens the bucket to everybody («The meaning of public», S3 guide).
import { readPolicyDocument } from '../iam/policy-document.ts'

/** An Allow for everybody, unless a condition holds it to fixed accounts, ARNs, organisations, addresses or endpoints. */
export function isPublicPolicy(policy: string): boolean {
  return readPolicyDocument(policy, 'resource').statements.some(({ effect, principal, conditions }) => {
    const isForAll = principal !== undefined && (principal.negated || principal.values.includes('*'))
    const isHeld = conditions.some(({ operator, key, values }) => !operator.toLowerCase().includes('not') && NARROWING.has(key.toLowerCase()) && values.every((value) => value !== '*' && value !== '0.0.0.0/0'))
    return effect === 'Allow' && isForAll && !isHeld
  })
}

const NARROWING = new Set(['aws:principalaccount', 'aws:principalarn', 'aws:principalorgid', 'aws:sourceaccount', 'aws:sourcearn', 'aws:sourceip', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:userid', 's3:dataaccesspointarn', 's3:dataaccesspointaccount'])
