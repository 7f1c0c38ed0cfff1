// infra/src/telemetry/archive.ts: keeps what devices report for long: compressed files in a bucket, in folders by date that Athena can query.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { ARCHIVE_PREFIX } from '@fleet/contract/telemetry'
import { DeliveryStream } from '@pulumi/aws-native/kinesisfirehose/deliveryStream.js'
import { Bucket } from '@pulumi/aws-native/s3/bucket.js'
import { BucketPolicy } from '@pulumi/aws-native/s3/bucketPolicy.js'
import type * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { allow, denyPlainHttp, trust } from '../policy-document.ts'
import { PRIVATE } from '../private-bucket.ts'
import { boundedRole } from '../role.ts'

/** A file for as long as Firehose waits at most, or 5 MB (API reference, BufferingHints: 900 s): Athena reads few larger files faster than many small ones. */
const BUFFERING = { intervalInSeconds: 900, sizeInMbs: 5 }

export function telemetryArchive(name: string, stage: Stage, parent: pulumi.Resource): DeliveryStream {
  const { telemetryArchive: bucketName, telemetryStream } = fleetNames(stage)
  const { telemetryArchive: bucketArn } = fleetArns(stage)
  const bucket = new Bucket(`${name}-bucket`, { bucketName, ...PRIVATE, ...keptFor(stage.telemetry.archiveDays) }, { parent, protect: stage.protectsData })
  new BucketPolicy(`${name}-bucket-policy`, { bucket: bucket.id, policyDocument: denyPlainHttp(bucketArn) }, { parent })
  const role = boundedRole(
    `${name}-role`,
    {
      stage,
      trusted: trust('firehose.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId }, ArnLike: { 'aws:SourceArn': fleetArns(stage).telemetryStream } }),
      may: {
        'write-archive': allow(
          { sid: 'WriteFiles', actions: ['s3:AbortMultipartUpload', 's3:PutObject'], resources: [`${bucketArn}/*`], because: 'Firehose names the files, by time.' },
          { sid: 'KnowTheBucket', actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], resources: [bucketArn] },
        ),
      },
    },
    parent,
  )
  return new DeliveryStream(
    `${name}-stream`,
    {
      deliveryStreamName: telemetryStream,
      deliveryStreamType: 'DirectPut',
      extendedS3DestinationConfiguration: {
        bucketArn,
        roleArn: role.arn,
        prefix: ARCHIVE_PREFIX.delivered,
        errorOutputPrefix: ARCHIVE_PREFIX.failed,
        bufferingHints: BUFFERING,
        compressionFormat: 'GZIP',
        s3BackupMode: 'Disabled',
      },
    },
    { parent, dependsOn: bucket },
  )
}

/** Files are written once; whoever overwrites one has not destroyed it for a day. */
const keptFor = (days: number) => ({
  versioningConfiguration: { status: 'Enabled' as const },
  lifecycleConfiguration: {
    rules: [{ id: 'old-telemetry', status: 'Enabled' as const, expirationInDays: days, noncurrentVersionExpiration: { noncurrentDays: 1 }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }],
  },
})
