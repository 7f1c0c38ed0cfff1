// sandbox/src/cloud/s3/objects.ts: object versions as they are kept: which is current, what a delete does, with and without versioning.
import { randomBytes } from 'node:crypto'
import type { Tag } from '@aws-sdk/client-s3'
import type { Clock } from '../clock.ts'
import { keyOf, prefixOf, type Store, type Table } from '../store/store.ts'
import type { BucketRecord } from './buckets.ts'
import { type Bodies, bodies, type Chunk } from './bodies.ts'

/** Headers that are kept with an object and come back with it. */
export interface ContentHeaders {
  readonly ContentType?: string | undefined
  readonly ContentEncoding?: string | undefined
  readonly ContentDisposition?: string | undefined
  readonly ContentLanguage?: string | undefined
  readonly CacheControl?: string | undefined
  readonly ExpiresString?: string | undefined
  readonly WebsiteRedirectLocation?: string | undefined
}

export interface ObjectContent {
  readonly chunks: readonly Chunk[]
  readonly size: number
  /** With its quotes. */
  readonly etag: string
  readonly headers: ContentHeaders
  readonly metadata: Readonly<Record<string, string>>
  /** ChecksumCRC32 … as the client gave them. */
  readonly checksums: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
  /** Sizes of the parts of a multipart upload. */
  readonly partSizes: readonly number[] | undefined
  readonly sse: string
}

export interface VersionRecord {
  readonly bucket: string
  readonly key: string
  /** `null` for what was written without versioning. */
  readonly versionId: string
  readonly sequence: number
  readonly lastModified: Date
  /** Undefined: a delete marker. */
  readonly content: ObjectContent | undefined
}

/** An object that is there, with its bytes. */
export type Found = VersionRecord & { readonly content: ObjectContent }

export interface Objects {
  readonly bodies: Bodies
  /** The newest version, which may be a delete marker. */
  current(bucket: string, key: string): VersionRecord | undefined
  version(bucket: string, key: string, versionId: string): VersionRecord | undefined
  put(bucket: BucketRecord, key: string, content: ObjectContent): VersionRecord
  /** Writes the body of what is then `put` there; its place may be that of the one that it replaces, so both in one transaction. */
  writeBody(bucket: BucketRecord, key: string, bytes: Uint8Array): Chunk[]
  /** A plain delete. @returns the marker that it left, if the bucket keeps versions */
  delete(bucket: BucketRecord, key: string): VersionRecord | undefined
  deleteVersion(version: VersionRecord): void
  replace(version: VersionRecord): void
  /** Newest versions in the order of their keys, delete markers too. */
  currentFrom(bucket: string, options: { readonly prefix: string; readonly after: string; readonly limit: number }): readonly VersionRecord[]
  /** All versions, by key, the newest first. `after` is a position in that order. */
  versionsFrom(bucket: string, options: { readonly prefix: string; readonly after: string | undefined; readonly limit: number }): readonly VersionRecord[]
  isEmpty(bucket: string): boolean
}

const LAST_SEQUENCE = 999_999_999_999

/** Newer versions sort first. */
export const positionOf = ({ key, sequence }: Pick<VersionRecord, 'key' | 'sequence'>) => keyOf(key, String(LAST_SEQUENCE - sequence).padStart(12, '0'))

export function keptObjects(store: Store, clock: Clock): Objects {
  const versions: Table<VersionRecord> = store.table('s3_versions')
  const currents: Table<VersionRecord> = store.table('s3_objects')
  const sequences = store.table<number>('s3_sequence')
  const kept = bodies(store.blobs('s3_bodies'))
  const versionsOf = (bucket: string, key: string) => versions.all(prefixOf(bucket, key)).map(([, version]) => version).filter((version) => version.key === key)
  const version = (bucket: string, key: string, versionId: string) => versionsOf(bucket, key).find((each) => each.versionId === versionId)

  /** The one without a version's name: nearly always the newest, or there is none at all. */
  const unversioned = (bucket: string, key: string) => {
    const current = currents.get(keyOf(bucket, key))
    return current === undefined || current.versionId === 'null' ? current : version(bucket, key, 'null')
  }

  const save = (record: VersionRecord) => {
    versions.put(keyOf(record.bucket, positionOf(record)), record)
    const newest = versionsOf(record.bucket, record.key)[0] ?? record
    currents.put(keyOf(record.bucket, record.key), newest)
  }
  const discard = (record: VersionRecord) => {
    versions.delete(keyOf(record.bucket, positionOf(record)))
    if (record.content) kept.delete(record.content.chunks)
  }
  const remove = (record: VersionRecord) => {
    discard(record)
    const [newest] = versionsOf(record.bucket, record.key)
    if (newest) currents.put(keyOf(record.bucket, record.key), newest)
    else currents.delete(keyOf(record.bucket, record.key))
  }
  /** What a new version without a name takes the place of. */
  const replacedBy = (bucket: BucketRecord, key: string) => (bucket.versioning === 'Enabled' ? undefined : unversioned(bucket.name, key))
  const nextSequence = () => {
    const sequence = (sequences.get('last') ?? 0) + 1
    sequences.put('last', sequence)
    return sequence
  }
  const add = (bucket: BucketRecord, key: string, content: ObjectContent | undefined): VersionRecord =>
    store.transaction(() => {
      const replaced = replacedBy(bucket, key)
      const isOnly = replaced !== undefined && bucket.versioning === undefined // it stays where it is: there are no others that it could be newer than
      if (replaced?.content) kept.delete(replaced.content.chunks, content?.chunks)
      if (replaced && !isOnly) versions.delete(keyOf(replaced.bucket, positionOf(replaced)))
      const versionId = bucket.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null'
      const record = { bucket: bucket.name, key, versionId, sequence: isOnly ? replaced.sequence : nextSequence(), lastModified: wholeSeconds(clock.now()), content }
      versions.put(keyOf(record.bucket, positionOf(record)), record)
      currents.put(keyOf(record.bucket, record.key), record) // the newest of all
      return record
    })
  return {
    bodies: kept,
    current: (bucket, key) => currents.get(keyOf(bucket, key)),
    version,
    put: add,
    writeBody: (bucket, key, bytes) => kept.write(bytes, replacedBy(bucket, key)?.content?.chunks),
    delete(bucket, key) {
      if (bucket.versioning !== undefined) return add(bucket, key, undefined)
      const known = version(bucket.name, key, 'null')
      if (known) store.transaction(() => remove(known))
      return undefined
    },
    deleteVersion: (record) => store.transaction(() => remove(record)),
    replace: (record) => store.transaction(() => save(record)),
    currentFrom: (bucket, { prefix, after, limit }) => currents.page({ prefix: prefixOf(bucket) + prefix, after: prefixOf(bucket) + after, limit }).items.map(([, record]) => record),
    versionsFrom: (bucket, { prefix, after, limit }) => versions.page({ prefix: prefixOf(bucket) + prefix, ...(after === undefined ? {} : { after: prefixOf(bucket) + after }), limit }).items.map(([, record]) => record),
    isEmpty: (bucket) => currents.count(prefixOf(bucket)) === 0,
  }
}

/** HTTP dates have no fractions; S3 rounds what it keeps. */
const wholeSeconds = (at: Date) => new Date(Math.floor(at.getTime() / 1000) * 1000)
