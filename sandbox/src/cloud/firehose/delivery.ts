// sandbox/src/cloud/firehose/delivery.ts: gathers the records of a stream until there are enough of them or the oldest has waited long enough, and writes them as one object.
import { gzipSync } from 'node:zlib'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { ObjectStore, RoleSessions } from '../ports.ts'
import { objectKey } from './object-key.ts'
import type { StreamRecord, Streams } from './stream-records.ts'

const MIB = 1024 * 1024
/** Firehose's defaults for S3 (API reference, BufferingHints). */
export const BUFFERING = { SizeInMBs: 5, IntervalInSeconds: 300 } as const
const TICK_MS = 1000
/** What cannot be delivered so long is given up (Firehose guide, «Data delivery failure handling»: S3, 24 hours). */
const PATIENCE_MS = 24 * 3_600_000

export interface DeliveryOptions {
  readonly streams: Streams
  readonly clock: Clock
  readonly log: CloudLog
  readonly roles: RoleSessions
  readonly objects: ObjectStore
}

export interface Delivery extends Disposable {
  accept(stream: StreamRecord, data: Uint8Array): void
  /** Delivers what is due. */
  tick(): void
}

export function openDelivery({ streams, clock, log, roles, objects }: DeliveryOptions): Delivery {
  const gathered = new Map<string, { bytes: number; since: number }>()
  const restored = (name: string) => {
    const waiting = streams.waiting(name)
    return { bytes: waiting.reduce((sum, [, { data }]) => sum + (data.length * 3) / 4, 0), since: waiting[0]?.[1].at.getTime() ?? clock.now().getTime() }
  }
  for (const [name] of streams.table.all()) if (streams.waiting(name).length > 0) gathered.set(name, restored(name))

  const deliver = (stream: StreamRecord) => {
    const waiting = streams.waiting(stream.name)
    const [first] = waiting
    gathered.delete(stream.name)
    if (!first) return
    const oldest = first[1].at
    try {
      write(stream, objectKey(stream, oldest), Buffer.concat(waiting.map(([, { data }]) => Buffer.from(data, 'base64'))))
    } catch (error) {
      const isGivenUp = clock.now().getTime() - oldest.getTime() > PATIENCE_MS
      log.error(isGivenUp ? 'records of a delivery stream are given up' : 'records of a delivery stream could not be delivered; tried again', { stream: stream.name, error })
      if (!isGivenUp) return void gathered.set(stream.name, { ...restored(stream.name), since: clock.now().getTime() })
    }
    streams.forget(waiting.map(([key]) => key))
  }
  const write = ({ destination }: StreamRecord, key: string, bytes: Uint8Array) => {
    const { RoleARN = '', BucketARN = '', CompressionFormat } = destination
    roles.assume({ roleArn: RoleARN, service: 'firehose.amazonaws.com', sessionName: 'firehose', durationSeconds: 900 })
    if (!roles.permits(RoleARN, 's3:PutObject', `${BucketARN}/${key}`)) throw new Error(`the role ${RoleARN} is not authorized to perform: s3:PutObject on resource: ${BucketARN}/${key}`)
    objects.put(BucketARN.split(':').at(-1) ?? '', key, CompressionFormat === 'GZIP' ? gzipSync(bytes) : bytes)
  }
  const isDue = ({ destination }: StreamRecord, { bytes, since }: { readonly bytes: number; readonly since: number }) => {
    const { SizeInMBs = BUFFERING.SizeInMBs, IntervalInSeconds = BUFFERING.IntervalInSeconds } = destination.BufferingHints ?? {}
    return bytes >= SizeInMBs * MIB || clock.now().getTime() - since >= IntervalInSeconds * 1000
  }
  const tick = () => {
    for (const [name, amount] of [...gathered]) {
      const stream = streams.table.get(name)
      if (!stream) gathered.delete(name)
      else if (isDue(stream, amount)) deliver(stream)
    }
  }
  const timer = setInterval(tick, TICK_MS).unref()
  return {
    tick,
    accept(stream, data) {
      const at = clock.now()
      streams.append(stream.name, { at, data: Buffer.from(data).toString('base64') })
      const amount = gathered.get(stream.name) ?? { bytes: 0, since: at.getTime() }
      gathered.set(stream.name, { ...amount, bytes: amount.bytes + data.length })
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
