// sandbox/src/cloud/s3/input-refusals.ts: what every operation of S3 refuses before it does its work: another account's bucket, and what is not offered here.
import type { Account } from '../account.ts'
import type { Call } from '../service.ts'
import type { S3Operations } from './s3-context.ts'
import { s3Error } from './s3-error.ts'

/** Members that would change what is kept, or who may read it; what is silently left out would be worse than a refusal. */
const NOT_OFFERED: readonly (readonly [what: RegExp, header: string])[] = [
  [/SSECustomer/, 'x-amz-server-side-encryption-customer-*'],
  [/^SSEKMS/, 'x-amz-server-side-encryption-aws-kms-*'],
  [/^ObjectLock(?!EnabledForBucket)/, 'x-amz-object-lock-*'],
  [/^Grant/, 'x-amz-grant-*'],
  [/^Checksum(SHA512|MD5|XXHASH)/, 'x-amz-checksum-*'],
  [/^(IfMatchLastModifiedTime|IfMatchSize|IfMatchInitiatedTime|WriteOffsetBytes)$/, 'a header of directory buckets'],
]

export const refusing = <T extends S3Operations>(operations: T, account: Account): T =>
  Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, refusingFirst(run as Operation, account)])) as unknown as T // the same operations with the same types

type Operation = (input: Readonly<Record<string, unknown>>, call: Call) => unknown

const refusingFirst =
  (run: Operation, { accountId }: Account): Operation =>
  (input, call) => {
    for (const owner of [input['ExpectedBucketOwner'], input['ExpectedSourceBucketOwner']]) if (owner !== undefined && owner !== accountId) throw s3Error('AccessDenied', 'Access Denied')
    for (const [name, value] of Object.entries(input)) {
      const [, header] = (value === undefined ? undefined : NOT_OFFERED.find(([what]) => what.test(name))) ?? []
      if (header !== undefined) throw s3Error('NotImplemented', `A header you provided implies functionality that is not implemented: ${name}`, { Header: header })
    }
    return run(input, call)
  }
