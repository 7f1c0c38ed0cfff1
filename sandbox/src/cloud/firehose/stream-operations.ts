// sandbox/src/cloud/firehose/stream-operations.ts: delivery streams: made, changed, described, and what is put into them.
import type { CreateDeliveryStreamCommandInput, DeliveryStreamDescription, ExtendedS3DestinationConfiguration, ExtendedS3DestinationUpdate } from '@aws-sdk/client-firehose'
import { randomUUID } from 'node:crypto'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import { BUFFERING, type Delivery } from './delivery.ts'
import { checkPrefix } from './object-key.ts'
import type { StreamRecord, Streams } from './stream-records.ts'

/** A direct put: 1,000 KiB a record, 500 records and 4 MiB a batch (Firehose guide, «Quota»). */
const MOST_RECORD_BYTES = 1000 * 1024
const MOST_BATCH_BYTES = 4 * 1024 * 1024
const MOST_BATCH = 500
const MOST_TAGS = 50
const DESTINATION_ID = 'destinationId-000000000001'

export interface StreamContext {
  readonly account: Account
  readonly clock: Clock
  readonly streams: Streams
  readonly delivery: Delivery
}

export const streamArn = (account: Account, name: string) => arn('firehose', account, `deliverystream/${name}`)

export function streamOperations({ account, clock, streams, delivery }: StreamContext) {
  const named = (name: string | undefined) => streams.named(name, account.accountId)
  const put = (stream: StreamRecord, data: Uint8Array | undefined) => {
    if (!data || data.length > MOST_RECORD_BYTES) throw invalid(`Record is ${data ? 'larger than 1000 KiB' : 'without data'}.`)
    delivery.accept(stream, data)
    return { RecordId: randomUUID(), Encrypted: false }
  }
  return {
    CreateDeliveryStream(input) {
      const { DeliveryStreamName: name = '', Tags = [] } = input
      if (streams.table.get(name)) throw new AwsError('ResourceInUseException', `Firehose ${name} under accountId ${account.accountId} already exists`)
      const at = clock.now()
      streams.table.put(name, { name, version: 1, destination: checkedDestination(destinationOf(input)), tags: tagMap(Tags), throughputHintMBs: input.DirectPutSourceConfiguration?.ThroughputHintInMBs, createdAt: at, changedAt: at })
      return { DeliveryStreamARN: streamArn(account, name) }
    },
    DescribeDeliveryStream: ({ DeliveryStreamName }) => ({ DeliveryStreamDescription: described(named(DeliveryStreamName), account) }),
    ListDeliveryStreams({ Limit = 10, ExclusiveStartDeliveryStreamName: after, DeliveryStreamType = 'DirectPut' }) {
      if (DeliveryStreamType !== 'DirectPut') return { DeliveryStreamNames: [], HasMoreDeliveryStreams: false } // none is of another type
      const { items, next } = streams.table.page({ limit: Limit, ...(after !== undefined && { after }) })
      return { DeliveryStreamNames: items.map(([name]) => name), HasMoreDeliveryStreams: next !== undefined }
    },
    DeleteDeliveryStream({ DeliveryStreamName }) {
      const { name } = named(DeliveryStreamName)
      streams.table.delete(name)
      streams.forget(streams.waiting(name).map(([key]) => key))
      return {}
    },
    UpdateDestination({ DeliveryStreamName, CurrentDeliveryStreamVersionId, DestinationId, ExtendedS3DestinationUpdate: update }) {
      const stream = named(DeliveryStreamName)
      if (CurrentDeliveryStreamVersionId !== String(stream.version)) throw new AwsError('ConcurrentModificationException', `Version ${CurrentDeliveryStreamVersionId ?? ''} is not the current one.`)
      if (DestinationId !== DESTINATION_ID) throw invalid(`Destination ${DestinationId ?? ''} is not one of ${stream.name}.`)
      if (!update) throw invalid('Not offered by the sandbox: destinations other than extended S3.')
      streams.table.put(stream.name, { ...stream, version: stream.version + 1, changedAt: clock.now(), destination: checkedDestination({ ...stream.destination, ...given(update) }) })
      return {}
    },
    PutRecord: ({ DeliveryStreamName, Record }) => put(named(DeliveryStreamName), Record?.Data),
    PutRecordBatch({ DeliveryStreamName, Records = [] }) {
      const stream = named(DeliveryStreamName)
      if (Records.length > MOST_BATCH || Records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0) > MOST_BATCH_BYTES) throw invalid('Records size exceeds 4 MB limit, or there are more than 500.')
      return { FailedPutCount: 0, Encrypted: false, RequestResponses: Records.map(({ Data }) => ({ RecordId: put(stream, Data).RecordId })) }
    },
    TagDeliveryStream({ DeliveryStreamName, Tags }) {
      const stream = named(DeliveryStreamName)
      streams.table.put(stream.name, { ...stream, tags: { ...stream.tags, ...tagMap(Tags) } })
      return {}
    },
    UntagDeliveryStream({ DeliveryStreamName, TagKeys = [] }) {
      const stream = named(DeliveryStreamName)
      streams.table.put(stream.name, { ...stream, tags: Object.fromEntries(Object.entries(stream.tags).filter(([key]) => !TagKeys.includes(key))) })
      return {}
    },
    ListTagsForDeliveryStream({ DeliveryStreamName, ExclusiveStartTagKey: after = '', Limit = MOST_TAGS }) {
      const rest = Object.entries(named(DeliveryStreamName).tags).toSorted(byKey).filter(([key]) => key > after)
      return { Tags: rest.slice(0, Limit).map(([Key, Value]) => ({ Key, Value })), HasMoreTags: rest.length > Limit }
    },
  } satisfies OperationsOf<typeof import('@aws-sdk/client-firehose')>
}

const invalid = (message: string) => new AwsError('InvalidArgumentException', message)
const byKey = ([one]: readonly [string, string], [other]: readonly [string, string]) => (one < other ? -1 : 1)
const tagMap = (tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = []) => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
const given = (update: ExtendedS3DestinationUpdate) => Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined)) as Partial<ExtendedS3DestinationConfiguration> // the same members

function destinationOf({ DeliveryStreamType = 'DirectPut', ExtendedS3DestinationConfiguration, ...others }: CreateDeliveryStreamCommandInput): ExtendedS3DestinationConfiguration {
  const other = Object.entries(others).find(([name, value]) => value !== undefined && /Destination|Source|Encryption/.test(name) && name !== 'DirectPutSourceConfiguration')
  if (DeliveryStreamType !== 'DirectPut' || other || !ExtendedS3DestinationConfiguration) throw invalid(`Not offered by the sandbox: ${other?.[0] ?? DeliveryStreamType}; it offers direct put with an extended S3 destination.`)
  return ExtendedS3DestinationConfiguration
}

function checkedDestination(destination: ExtendedS3DestinationConfiguration): ExtendedS3DestinationConfiguration {
  const { CompressionFormat = 'UNCOMPRESSED', ProcessingConfiguration, DataFormatConversionConfiguration, DynamicPartitioningConfiguration, S3BackupMode, EncryptionConfiguration, CloudWatchLoggingOptions, CustomTimeZone = 'UTC', Prefix = '', ErrorOutputPrefix } = destination
  const not = [ProcessingConfiguration?.Enabled && 'processing', DataFormatConversionConfiguration?.Enabled && 'format conversion', DynamicPartitioningConfiguration?.Enabled && 'dynamic partitioning', S3BackupMode === 'Enabled' && 'backup', EncryptionConfiguration?.KMSEncryptionConfig && 'encryption by KMS', CloudWatchLoggingOptions?.Enabled && 'logging of errors', CustomTimeZone !== 'UTC' && 'time zones', !['GZIP', 'UNCOMPRESSED'].includes(CompressionFormat) && CompressionFormat].find(Boolean)
  if (not !== undefined) throw invalid(`Not offered by the sandbox: ${not}.`)
  if (Prefix.includes('!{') && ErrorOutputPrefix === undefined) throw invalid('ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.')
  checkPrefix(Prefix)
  return destination
}

function described({ name, version, destination, throughputHintMBs, createdAt, changedAt }: StreamRecord, account: Account): DeliveryStreamDescription {
  const extended = { CompressionFormat: 'UNCOMPRESSED' as const, EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' as const }, S3BackupMode: 'Disabled' as const, ...destination, BufferingHints: { ...BUFFERING, ...destination.BufferingHints } }
  return {
    DeliveryStreamName: name,
    DeliveryStreamARN: streamArn(account, name),
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: 'DirectPut',
    VersionId: String(version),
    CreateTimestamp: createdAt,
    LastUpdateTimestamp: changedAt,
    ...(throughputHintMBs !== undefined && { Source: { DirectPutSourceDescription: { ThroughputHintInMBs: throughputHintMBs } } }),
    Destinations: [{ DestinationId: DESTINATION_ID, ExtendedS3DestinationDescription: extended }],
    HasMoreDestinations: false,
  }
}
