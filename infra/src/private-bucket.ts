// infra/src/private-bucket.ts: what every bucket of the stack has: nobody else's, encrypted.
import type { BucketArgs } from '@pulumi/aws-native/s3/bucket.js'

export const PRIVATE: BucketArgs = {
  publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
  ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
  bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
}
