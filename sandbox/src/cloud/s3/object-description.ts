// sandbox/src/cloud/s3/object-description.ts: the headers by which an object is described, and what is refused when one is written.
import type { BucketRecord } from './buckets.ts'
import type { ContentHeaders, ObjectContent, VersionRecord } from './objects.ts'
import type { ByteRange } from './preconditions.ts'
import { s3Error } from './s3-error.ts'

const HEADERS = ['ContentType', 'ContentEncoding', 'ContentDisposition', 'ContentLanguage', 'CacheControl', 'WebsiteRedirectLocation'] as const

export function contentHeaders(input: ContentHeaders & { readonly Expires?: Date | undefined }): ContentHeaders {
  const given = Object.fromEntries(HEADERS.flatMap((name) => (input[name] === undefined || input[name] === '' ? [] : [[name, input[name]]])))
  return { ...given, ...(input.Expires ? { ExpiresString: input.Expires.toUTCString() } : {}) }
}

export interface Description {
  readonly range: ByteRange | undefined
  /** `response-content-type=…` and its like, in the query of a get. */
  readonly overrides: Partial<Record<'ResponseContentType' | 'ResponseContentEncoding' | 'ResponseContentDisposition' | 'ResponseContentLanguage' | 'ResponseCacheControl', string | undefined>> & { readonly ResponseExpires?: Date | undefined }
  readonly checksums: boolean
  /** A part was asked for by its number: only then the answer says how many there are. */
  readonly byPart: boolean
  readonly bucket: BucketRecord
}

export function describe({ versionId, lastModified, content }: VersionRecord & { readonly content: ObjectContent }, { range, overrides, checksums, byPart, bucket }: Description) {
  const { headers } = content
  const isWhole = range === undefined
  const expires = overrides.ResponseExpires?.toUTCString() ?? headers.ExpiresString
  return {
    AcceptRanges: 'bytes',
    LastModified: lastModified,
    ContentLength: range ? range.end - range.start : content.size,
    ...(range ? { ContentRange: `bytes ${range.start}-${range.end - 1}/${content.size}`, $status: 206 } : {}),
    ETag: content.etag,
    ContentType: overrides.ResponseContentType ?? headers.ContentType ?? 'binary/octet-stream',
    ContentEncoding: overrides.ResponseContentEncoding ?? headers.ContentEncoding,
    ContentDisposition: overrides.ResponseContentDisposition ?? headers.ContentDisposition,
    ContentLanguage: overrides.ResponseContentLanguage ?? headers.ContentLanguage,
    CacheControl: overrides.ResponseCacheControl ?? headers.CacheControl,
    ...(expires === undefined ? {} : { $headers: { expires } }), // text, where the model has a date: what was put comes back as it was
    WebsiteRedirectLocation: headers.WebsiteRedirectLocation,
    Metadata: { ...content.metadata },
    ServerSideEncryption: content.sse as 'AES256', // what the client or the bucket named
    ...(bucket.versioning === undefined ? {} : { VersionId: versionId }),
    ...(content.tags.length > 0 ? { TagCount: content.tags.length } : {}),
    ...(byPart && content.partSizes ? { PartsCount: content.partSizes.length } : {}),
    // A client would compare the checksum of the whole with a part.
    ...(checksums && isWhole && Object.keys(content.checksums).length > 0 ? { ...content.checksums, ChecksumType: 'FULL_OBJECT' as const } : {}),
  }
}

const LONGEST_KEY = 1024
const LARGEST_METADATA = 2048

/** @returns the key. @throws AwsError KeyTooLongError */
export function refuseKey(key: string | undefined): string {
  const size = Buffer.byteLength(key ?? '')
  if (size > LONGEST_KEY) throw s3Error('KeyTooLongError', 'Your key is too long', { Size: size, MaxSizeAllowed: LONGEST_KEY })
  return key ?? ''
}

export function refuseMetadata(metadata: Readonly<Record<string, string>> | undefined): void {
  const size = Object.entries(metadata ?? {}).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
  if (size > LARGEST_METADATA) throw s3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', { Size: size, MaxSizeAllowed: LARGEST_METADATA })
}
