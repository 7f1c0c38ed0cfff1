// sandbox/src/cloud/s3/bucket-policies.ts: what a bucket's own policy says of a request.
import { type CompiledPolicy, compile, type Decision, type PolicyRequest } from '../iam/policy-evaluation.ts'
import type { Buckets } from './buckets.ts'

/** The account's root can always mend a policy that locks everybody out («Bucket policies», S3 guide). */
const ALWAYS_ROOTS = new Set(['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'])

export function bucketPolicies(buckets: Buckets): (request: PolicyRequest) => Decision | undefined {
  const compiled = new Map<string, { readonly text: string; readonly policy: CompiledPolicy }>()
  const policyOf = (bucket: string, text: string): CompiledPolicy => {
    const known = compiled.get(bucket)
    if (known?.text === text) return known.policy
    const policy = compile(text, { name: 'bucket policy', kind: 'resource' })
    compiled.set(bucket, { text, policy })
    return policy
  }
  return (request) => {
    const bucket = request.resource.replace(/^arn:aws:s3:::/, '').split('/')[0] ?? ''
    const text = buckets.find(bucket)?.policy
    if (text === undefined) return undefined
    const isRoot = request.principal?.names[0]?.endsWith(':root') === true
    return isRoot && ALWAYS_ROOTS.has(request.action) ? undefined : policyOf(bucket, text).evaluate(request)
  }
}
