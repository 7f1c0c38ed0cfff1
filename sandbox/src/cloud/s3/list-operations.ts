// sandbox/src/cloud/s3/list-operations.ts: S3's operations that list objects and their versions.
import { keyOfToken, tokenOf } from '../wire/paging.ts'
import { type Listed, PAST, urlEncoded, walk } from './listing.ts'
import { positionOf, type VersionRecord } from './objects.ts'
import { ownerOf, type S3Context, type S3Operations } from './s3-context.ts'
import { s3Error } from './s3-error.ts'

const MOST_KEYS = 1000

interface Asked {
  readonly bucket: string
  readonly prefix: string
  readonly delimiter: string
  readonly maxKeys: number | undefined
  /** A key, or the end of what begins with a common prefix. */
  readonly after: string | undefined
}

export function listOperations({ account, buckets, objects }: S3Context) {
  const listCurrent = ({ bucket, prefix, delimiter, maxKeys, after }: Asked): Listed<VersionRecord> =>
    walk({
      prefix,
      delimiter,
      maxKeys: keysAsked(maxKeys),
      after,
      keyOf: ({ key }) => key,
      positionOf: ({ key }) => key,
      from: liveFrom((position, limit) => objects.currentFrom(bucket, { prefix, after: position ?? '', limit })),
    })
  const entry = ({ key, lastModified, content }: VersionRecord, encoding: string | undefined) => ({ Key: urlEncoded(key, encoding), LastModified: lastModified, ETag: content?.etag, Size: content?.size, StorageClass: 'STANDARD' as const })
  const prefixes = (listed: Listed<VersionRecord>, encoding: string | undefined) => listed.commonPrefixes.map((prefix) => ({ Prefix: urlEncoded(prefix, encoding) }))

  return {
    ListObjectsV2({ Bucket, Prefix = '', Delimiter, MaxKeys, ContinuationToken, StartAfter, EncodingType, FetchOwner }) {
      const { name } = buckets.named(Bucket)
      const invalid = () => s3Error('InvalidArgument', 'The continuation token provided is incorrect', { ArgumentName: 'continuation-token' })
      const after = keyOfToken(ContinuationToken, invalid) ?? StartAfter
      const listed = listCurrent({ bucket: name, prefix: Prefix, delimiter: Delimiter ?? '', maxKeys: MaxKeys, after })
      return {
        Name: name,
        Prefix: urlEncoded(Prefix, EncodingType),
        Delimiter: urlEncoded(Delimiter, EncodingType),
        StartAfter: urlEncoded(StartAfter, EncodingType),
        EncodingType,
        MaxKeys: keysAsked(MaxKeys),
        KeyCount: listed.items.length + listed.commonPrefixes.length,
        IsTruncated: listed.isTruncated,
        ContinuationToken,
        NextContinuationToken: listed.isTruncated ? tokenOf(resumeAt(listed)) : undefined,
        Contents: listed.items.map((item) => ({ ...entry(item, EncodingType), ...(FetchOwner ? { Owner: ownerOf(account) } : {}) })),
        CommonPrefixes: prefixes(listed, EncodingType),
      }
    },
    ListObjects({ Bucket, Prefix = '', Delimiter, MaxKeys, Marker = '', EncodingType }) {
      const { name } = buckets.named(Bucket)
      const folded = Delimiter !== undefined && Delimiter !== '' && Marker.endsWith(Delimiter)
      const listed = listCurrent({ bucket: name, prefix: Prefix, delimiter: Delimiter ?? '', maxKeys: MaxKeys, after: folded ? Marker + PAST : Marker })
      const nextMarker = listed.last?.kind === 'prefix' ? listed.last.prefix : listed.last?.item.key
      return {
        Name: name,
        Prefix: urlEncoded(Prefix, EncodingType),
        Delimiter: urlEncoded(Delimiter, EncodingType),
        Marker: urlEncoded(Marker, EncodingType),
        EncodingType,
        MaxKeys: keysAsked(MaxKeys),
        IsTruncated: listed.isTruncated,
        NextMarker: listed.isTruncated ? urlEncoded(nextMarker, EncodingType) : undefined,
        Contents: listed.items.map((item) => ({ ...entry(item, EncodingType), Owner: ownerOf(account) })),
        CommonPrefixes: prefixes(listed, EncodingType),
      }
    },
    ListObjectVersions({ Bucket, Prefix = '', Delimiter, MaxKeys, KeyMarker = '', VersionIdMarker, EncodingType }) {
      const { name } = buckets.named(Bucket)
      const marked = VersionIdMarker === undefined || VersionIdMarker === '' ? undefined : objects.version(name, KeyMarker, VersionIdMarker)
      const listed = walk<VersionRecord>({
        prefix: Prefix,
        delimiter: Delimiter ?? '',
        maxKeys: keysAsked(MaxKeys),
        after: marked ? positionOf(marked) : KeyMarker === '' ? undefined : KeyMarker + (Delimiter !== undefined && KeyMarker.endsWith(Delimiter) ? PAST : `\u001f${PAST}`),
        keyOf: ({ key }) => key,
        positionOf,
        from: (position, limit) => objects.versionsFrom(name, { prefix: Prefix, after: position, limit }),
      })
      const shown = listed.items.map((version) => ({ version, common: { Key: urlEncoded(version.key, EncodingType), VersionId: version.versionId, IsLatest: objects.current(name, version.key)?.sequence === version.sequence, LastModified: version.lastModified, Owner: ownerOf(account) } }))
      return {
        Name: name,
        Prefix: urlEncoded(Prefix, EncodingType),
        Delimiter: urlEncoded(Delimiter, EncodingType),
        KeyMarker: urlEncoded(KeyMarker, EncodingType),
        VersionIdMarker,
        EncodingType,
        MaxKeys: keysAsked(MaxKeys),
        IsTruncated: listed.isTruncated,
        ...(listed.isTruncated ? nextVersion(listed, EncodingType) : {}),
        Versions: shown.flatMap(({ version: { content }, common }) => (content ? [{ ...common, ETag: content.etag, Size: content.size, StorageClass: 'STANDARD' as const }] : [])),
        DeleteMarkers: shown.flatMap(({ version: { content }, common }) => (content ? [] : [common])),
        CommonPrefixes: prefixes(listed, EncodingType),
      }
    },
  } satisfies S3Operations
}

function keysAsked(maxKeys: number | undefined): number {
  if (maxKeys !== undefined && maxKeys < 0) throw s3Error('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647', { ArgumentName: 'maxKeys', ArgumentValue: maxKeys })
  return Math.min(maxKeys ?? MOST_KEYS, MOST_KEYS)
}

/** Keys whose newest version is a delete marker are not there; batches stay full so that the walk knows where the end is. */
function liveFrom(from: (after: string | undefined, limit: number) => readonly VersionRecord[]): (after: string | undefined, limit: number) => readonly VersionRecord[] {
  return (after, limit) => {
    const live: VersionRecord[] = []
    let position = after
    for (;;) {
      const batch = from(position, limit)
      live.push(...batch.filter(({ content }) => content !== undefined))
      if (batch.length < limit || live.length >= limit) return live.slice(0, limit)
      position = batch.at(-1)?.key
    }
  }
}

const resumeAt = ({ last }: Listed<VersionRecord>): string => (last?.kind === 'prefix' ? last.prefix + PAST : (last?.item.key ?? ''))

function nextVersion({ last }: Listed<VersionRecord>, encoding: string | undefined) {
  if (last?.kind === 'prefix') return { NextKeyMarker: urlEncoded(last.prefix, encoding) }
  return { NextKeyMarker: urlEncoded(last?.item.key, encoding), NextVersionIdMarker: last?.item.versionId }
}
