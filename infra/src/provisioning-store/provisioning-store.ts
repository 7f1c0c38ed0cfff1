// infra/src/provisioning-store/provisioning-store.ts: the bucket with allowlist, release manifests and component artifacts.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Bucket, type BucketArgs } from '@pulumi/aws-native/s3/bucket.js'
import { BucketPolicy } from '@pulumi/aws-native/s3/bucketPolicy.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { denyPlainHttp } from '../policy-document.ts'
import { PRIVATE, versioned } from '../private-bucket.ts'

/** Long enough to find out who removed a line of the allowlist, and to go back to any release of a quarter. */
const KEEP_OLD_VERSIONS_DAYS = 90

export interface ProvisioningStoreArgs {
  readonly stage: Stage
  /** `https://…cloudfront.net` of a page that reads the allowlist and adds to it; undefined: there is none. */
  readonly consoleUrl: pulumi.Input<string> | undefined
}

export class ProvisioningStore extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>

  constructor(name: string, { stage, consoleUrl }: ProvisioningStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:provisioning-store:ProvisioningStore', name, {}, opts)
    const bucket = new Bucket(`${name}-bucket`, { bucketName: fleetNames(stage).provisioningBucket, ...PRIVATE, ...versioned(KEEP_OLD_VERSIONS_DAYS), ...(consoleUrl !== undefined && calledBy(consoleUrl)) }, { parent: this, protect: stage.protectsData })
    new BucketPolicy(
      `${name}-bucket-policy`,
      { bucket: bucket.id, policyDocument: denyPlainHttp(fleetArns(stage).provisioningBucket) },
      { parent: this },
    )
    this.bucket = bucket.id
    this.registerOutputs({ bucket: this.bucket })
  }
}

/** S3, of the services that the page calls, alone wants to be told of it: to read the allowlist and to write it only if nobody else has (If-Match). */
const calledBy = (pageUrl: pulumi.Input<string>): BucketArgs => ({
  corsConfiguration: { corsRules: [{ id: 'console', allowedOrigins: [pageUrl], allowedMethods: ['GET', 'PUT'], allowedHeaders: ['*'], exposedHeaders: ['ETag'], maxAge: 600 }] },
})
