// infra/src/provisioning-store/provisioning-store.ts: the bucket with allowlist, release manifests and component artifacts.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Bucket, type BucketArgs } from '@pulumi/aws-native/s3/bucket.js'
import { BucketPolicy } from '@pulumi/aws-native/s3/bucketPolicy.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { denyPlainHttp } from '../policy-document.ts'
import { PRIVATE } from '../private-bucket.ts'

/** Long enough to find out who removed a line of the allowlist, and to go back to any release of a quarter. */
const KEEP_OLD_VERSIONS_DAYS = 90

export class ProvisioningStore extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>

  constructor(name: string, stage: Stage, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:provisioning-store:ProvisioningStore', name, {}, opts)
    const bucket = new Bucket(`${name}-bucket`, { bucketName: fleetNames(stage).provisioningBucket, ...PRIVATE, ...KEPT }, { parent: this, protect: stage.protectsData })
    new BucketPolicy(
      `${name}-bucket-policy`,
      { bucket: bucket.id, policyDocument: denyPlainHttp(fleetArns(stage).provisioningBucket) },
      { parent: this },
    )
    this.bucket = bucket.id
    this.registerOutputs({ bucket: this.bucket })
  }
}

const KEPT: BucketArgs = {
  versioningConfiguration: { status: 'Enabled' },
  lifecycleConfiguration: {
    rules: [
      {
        id: 'old-versions',
        status: 'Enabled',
        noncurrentVersionExpiration: { noncurrentDays: KEEP_OLD_VERSIONS_DAYS },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  },
}
