// sandbox/src/cloud/cloud-control/types/firehose-delivery-stream.ts: AWS::KinesisFirehose::DeliveryStream, with S3 as its destination.
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const S3Destination = z.strictObject({
  BucketARN: z.string(),
  RoleARN: z.string(),
  Prefix: z.string().max(1024).optional(),
  ErrorOutputPrefix: z.string().max(1024).optional(),
  BufferingHints: z.strictObject({ IntervalInSeconds: z.number().int().optional(), SizeInMBs: z.number().int().optional() }).optional(),
  CompressionFormat: z.enum(['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY']).optional(),
  FileExtension: z.string().optional(),
  CustomTimeZone: z.string().optional(),
  CloudWatchLoggingOptions: z.strictObject({ Enabled: z.boolean().optional(), LogGroupName: z.string().optional(), LogStreamName: z.string().optional() }).optional(),
  S3BackupMode: z.enum(['Disabled', 'Enabled']).optional(),
})

const DeliveryStream = z.strictObject({
  DeliveryStreamName: z.string().min(1).max(64).regex(/^[a-zA-Z0-9._-]+$/).optional(),
  DeliveryStreamType: z.enum(['DirectPut', 'KinesisStreamAsSource', 'MSKAsSource', 'DatabaseAsSource']).optional(),
  ExtendedS3DestinationConfiguration: S3Destination.optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
})
type DeliveryStream = z.infer<typeof DeliveryStream>

export const deliveryStream = resourceType<DeliveryStream>({
  typeName: 'AWS::KinesisFirehose::DeliveryStream',
  schema: DeliveryStream,
  identifier: ['DeliveryStreamName'],
  createOnly: ['DeliveryStreamName', 'DeliveryStreamType'],
  readOnly: ['Arn'],
  writeOnly: [],
  async create(model, { firehose, generatedName }) {
    const DeliveryStreamName = model.DeliveryStreamName ?? generatedName()
    await firehose.CreateDeliveryStream({ DeliveryStreamName, DeliveryStreamType: model.DeliveryStreamType, ExtendedS3DestinationConfiguration: model.ExtendedS3DestinationConfiguration, ...(model.Tags && { Tags: model.Tags }) })
    return [DeliveryStreamName]
  },
  async read([DeliveryStreamName = ''], { firehose }) {
    const { DeliveryStreamDescription: found } = await firehose.DescribeDeliveryStream({ DeliveryStreamName })
    const { Tags } = await firehose.ListTagsForDeliveryStream({ DeliveryStreamName })
    const { EncryptionConfiguration: _, ...destination } = found?.Destinations?.[0]?.ExtendedS3DestinationDescription ?? {}
    return { DeliveryStreamName, Arn: found?.DeliveryStreamARN, DeliveryStreamType: 'DirectPut', ExtendedS3DestinationConfiguration: destination as DeliveryStream['ExtendedS3DestinationConfiguration'], Tags: fromTags(Tags) } // as it was made
  },
  async update([DeliveryStreamName = ''], { before, after }, { firehose }) {
    const { DeliveryStreamDescription: found } = await firehose.DescribeDeliveryStream({ DeliveryStreamName })
    const isChanged = JSON.stringify(before.ExtendedS3DestinationConfiguration) !== JSON.stringify(after.ExtendedS3DestinationConfiguration)
    if (isChanged) await firehose.UpdateDestination({ DeliveryStreamName, CurrentDeliveryStreamVersionId: found?.VersionId, DestinationId: found?.Destinations?.[0]?.DestinationId, ExtendedS3DestinationUpdate: after.ExtendedS3DestinationConfiguration })
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await firehose.TagDeliveryStream({ DeliveryStreamName, Tags: set })
    if (remove.length > 0) await firehose.UntagDeliveryStream({ DeliveryStreamName, TagKeys: remove })
  },
  async delete([DeliveryStreamName], { firehose }) {
    await firehose.DeleteDeliveryStream({ DeliveryStreamName })
  },
  async list({ firehose }) {
    const names = await allPages(async (ExclusiveStartDeliveryStreamName) => {
      const { DeliveryStreamNames: items = [], HasMoreDeliveryStreams } = await firehose.ListDeliveryStreams({ ExclusiveStartDeliveryStreamName })
      return { items, next: HasMoreDeliveryStreams ? items.at(-1) : undefined }
    })
    return names.map((name) => [name])
  },
})
