// infra/src/private-bucket.ts: what every bucket of the stack has: nobody else's, encrypted; and what those have that keep old versions.
import type { BucketArgs } from '@pulumi/aws-native/s3/bucket.js'

/** Old versions stay so long; what was not uploaded whole, a day. */
export const versioned = (noncurrentDays: number): BucketArgs => ({
  versioningConfiguration: { status: 'Enabled' },
  lifecycleConfiguration: { rules: [{ id: 'old-versions', status: 'Enabled', noncurrentVersionExpiration: { noncurrentDays }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }] },
})

export const PRIVATE: BucketArgs = {
  publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
  ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
  bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
}
