// sandbox/src/cloud/s3/s3-context.ts: what each group of S3's operations works with.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Call, OperationsOf } from '../service.ts'
import type { Store } from '../store/store.ts'
import type { Buckets } from './buckets.ts'
import type { Objects } from './objects.ts'

export interface S3Context {
  readonly account: Account
  readonly clock: Clock
  readonly store: Store
  readonly buckets: Buckets
  readonly objects: Objects
  /** Whether the caller may list this bucket: who may not is told «access denied» where others are told «no such key». */
  readonly mayList: (call: Call, bucket: string) => boolean
}

export type S3Operations = OperationsOf<typeof import('@aws-sdk/client-s3')>

/** The one owner of everything here. */
export const ownerOf = ({ accountId }: Account) => ({ ID: `${'0'.repeat(52)}${accountId}`, DisplayName: 'sandbox' })
