// sandbox/src/cloud/s3/unset-settings.ts: settings that a bucket of this cloud never has, since no operation sets them; tools read them all the same.
import type { S3Context, S3Operations } from './s3-context.ts'
import { type S3ErrorCode, s3Error } from './s3-error.ts'

export function unsetSettings({ buckets }: S3Context) {
  const absent = (code: S3ErrorCode, message: string) => ({ Bucket }: { Bucket?: string | undefined }): never => {
    buckets.named(Bucket)
    throw s3Error(code, message, { BucketName: Bucket })
  }
  const empty = ({ Bucket }: { Bucket?: string | undefined }) => {
    buckets.named(Bucket)
    return {}
  }
  return {
    GetBucketWebsite: absent('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'),
    GetBucketReplication: absent('ReplicationConfigurationNotFoundError', 'The replication configuration was not found'),
    GetObjectLockConfiguration: absent('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'),
    GetBucketLogging: empty,
    GetBucketAccelerateConfiguration: empty,
    GetBucketNotificationConfiguration: empty,
    GetBucketRequestPayment: (input) => ({ ...empty(input), Payer: 'BucketOwner' }),
  } satisfies S3Operations
}
