// sandbox/src/cloud/s3/buckets.ts: the buckets and their settings, as they are kept.
import type { CORSRule, LifecycleRule, OwnershipControls, PublicAccessBlockConfiguration, ServerSideEncryptionConfiguration, Tag } from '@aws-sdk/client-s3'
import type { Store } from '../store/store.ts'
import { s3Error } from './s3-error.ts'

export interface BucketRecord {
  readonly name: string
  readonly createdAt: Date
  readonly versioning: 'Enabled' | 'Suspended' | undefined
  readonly encryption: ServerSideEncryptionConfiguration
  readonly publicAccessBlock: PublicAccessBlockConfiguration | undefined
  readonly ownership: OwnershipControls | undefined
  /** Absent in what was kept before there was any. */
  readonly cors?: readonly CORSRule[] | undefined
  readonly lifecycle: readonly LifecycleRule[] | undefined
  /** JSON text. */
  readonly policy: string | undefined
  readonly tags: readonly Tag[] | undefined
}

/** What every bucket has when it is made (since January and April 2023: «Default encryption FAQ», «Blocking public access»). */
export const DEFAULT_ENCRYPTION: ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }] }
export const DEFAULT_PUBLIC_ACCESS_BLOCK: PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }

export interface Buckets {
  /** @throws AwsError NoSuchBucket */
  named(name: string | undefined): BucketRecord
  find(name: string): BucketRecord | undefined
  put(bucket: BucketRecord): void
  change(name: string | undefined, changes: Partial<BucketRecord>): void
  delete(name: string): void
  all(): readonly BucketRecord[]
}

export function keptBuckets(store: Store): Buckets {
  const table = store.table<BucketRecord>('s3_buckets')
  const named = (name: string | undefined): BucketRecord => {
    const bucket = table.get(name ?? '')
    if (!bucket) throw s3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: name })
    return bucket
  }
  return {
    named,
    find: (name) => table.get(name),
    put: (bucket) => table.put(bucket.name, bucket),
    change: (name, changes) => table.put(name ?? '', { ...named(name), ...changes }),
    delete: (name) => void table.delete(name),
    all: () => table.all().map(([, bucket]) => bucket),
  }
}

export const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`
export const objectArn = (bucket: string, key: string) => `arn:aws:s3:::${bucket}/${key}`

/** «Bucket naming rules», S3 guide. */
export function isBucketName(name: string): boolean {
  const isSpelledRight = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name)
  return isSpelledRight && !isAddress && !name.startsWith('xn--') && !name.endsWith('-s3alias')
}
