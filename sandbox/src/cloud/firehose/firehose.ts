// sandbox/src/cloud/firehose/firehose.ts: Amazon Data Firehose: what is put into a stream comes into S3 in files.
import type { Account } from '../account.ts'
import type { RecordStream } from '../ports.ts'
import type { Grant, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { type DeliveryOptions, openDelivery } from './delivery.ts'
import { streamArn, streamOperations } from './stream-operations.ts'
import { streamsIn } from './stream-records.ts'

export interface Firehose extends Disposable {
  readonly service: Service
  readonly records: RecordStream
  /** Delivers what is due; it happens each second by itself. */
  readonly tick: () => void
}

export interface FirehoseOptions extends Omit<DeliveryOptions, 'streams'> {
  readonly account: Account
  readonly store: Store
}

export function openFirehose({ account, store, ...options }: FirehoseOptions): Firehose {
  const streams = streamsIn(store)
  const delivery = openDelivery({ ...options, streams })
  const operations = streamOperations({ account, clock: options.clock, streams, delivery })
  return {
    service: { model: 'firehose', operations, grants: grantsOf(Object.keys(operations)) },
    records: { put: (name, record) => delivery.accept(streams.named(name, account.accountId), record) },
    tick: () => delivery.tick(),
    [Symbol.dispose]: () => delivery[Symbol.dispose](),
  }
}

interface Input {
  readonly DeliveryStreamName?: string
  readonly Tags?: readonly unknown[]
  readonly ExtendedS3DestinationConfiguration?: { readonly RoleARN?: string }
  readonly ExtendedS3DestinationUpdate?: { readonly RoleARN?: string }
}

/** Whoever lends a stream a role must be allowed to pass it (service authorization reference, «Amazon Kinesis Firehose»). */
const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(
    names.map((name) => [
      name,
      (input: Input, account: Account): readonly Grant[] => {
        const resources = name === 'ListDeliveryStreams' ? ['*'] : [streamArn(account, input.DeliveryStreamName ?? '')]
        const role = input.ExtendedS3DestinationConfiguration?.RoleARN ?? input.ExtendedS3DestinationUpdate?.RoleARN
        return [
          { action: `firehose:${name}`, resources },
          ...(name === 'CreateDeliveryStream' && input.Tags?.length ? [{ action: 'firehose:TagDeliveryStream', resources }] : []),
          ...(role === undefined ? [] : [{ action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': 'firehose.amazonaws.com' } }]),
        ]
      },
    ]),
  )
