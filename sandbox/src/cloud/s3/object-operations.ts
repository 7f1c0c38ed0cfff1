// sandbox/src/cloud/s3/object-operations.ts: S3's operations on objects: put, get, head, delete, copy, tags.
import { createHash } from 'node:crypto'
import type { Tag } from '@aws-sdk/client-s3'
import type { Call } from '../service.ts'
import type { BucketRecord } from './buckets.ts'
import { bucketArn } from './buckets.ts'
import { copySource } from './copy-source.ts'
import { contentHeaders, type Description, describe, refuseKey, refuseMetadata } from './object-description.ts'
import type { Found, VersionRecord } from './objects.ts'
import { byteRange, refuseRead, refuseWrite } from './preconditions.ts'
import type { S3Context, S3Operations } from './s3-context.ts'
import { s3Error } from './s3-error.ts'

export function objectOperations(context: S3Context) {
  const { buckets, objects } = context
  const find = finder(context)
  const subject = (version: VersionRecord | undefined) => (version?.content ? { etag: version.content.etag, lastModified: version.lastModified } : undefined)

  const read = (input: ReadInput, call: Call) => {
    const version = find(input, call)
    refuseRead(input, { etag: version.content.etag, lastModified: version.lastModified })
    if (input.PartNumber !== undefined && input.Range !== undefined) throw s3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
    const part = input.PartNumber === undefined ? undefined : partRange(version, input.PartNumber)
    const range = part ?? byteRange(input.Range, version.content.size)
    return { version, range, described: describe(version, { range, overrides: input, checksums: input.ChecksumMode === 'ENABLED', byPart: part !== undefined, bucket: buckets.named(version.bucket) }) }
  }
  const deleteOne = (bucket: BucketRecord, key: string, versionId: string | undefined): { DeleteMarker?: boolean; VersionId?: string } => {
    if (versionId === undefined) {
      const marker = objects.delete(bucket, key)
      return marker ? { DeleteMarker: true, VersionId: marker.versionId } : {}
    }
    const version = objects.version(bucket.name, key, versionId)
    if (version) objects.deleteVersion(version)
    return { VersionId: versionId, ...(version && !version.content ? { DeleteMarker: true } : {}) }
  }
  return {
    PutObject(input) {
      const bucket = buckets.named(input.Bucket)
      const key = refuseKey(input.Key)
      refuseMetadata(input.Metadata)
      const bytes = input.Body ?? new Uint8Array()
      refuseWrite(input, subject(objects.current(bucket.name, key)), key)
      const version = context.store.transaction(() =>
        objects.put(bucket, key, {
          chunks: objects.writeBody(bucket, key, bytes),
          size: bytes.length,
          etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
          headers: contentHeaders(input),
          metadata: input.Metadata ?? {},
          checksums: checksumsOf(input),
          tags: tagsOf(input.Tagging),
          partSizes: undefined,
          sse: input.ServerSideEncryption ?? bucket.encryption.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? 'AES256',
        }),
      )
      return written(version, bucket)
    },
    GetObject(input, call) {
      const { version, range, described } = read(input, call)
      const { start, end } = range ?? { start: 0, end: version.content.size }
      return { ...described, Body: bodyOf(objects.bodies.read(version.content.chunks, start, end), version.content.chunks.length) }
    },
    HeadObject(input, call) {
      try {
        return read(input, call).described
      } catch (error) {
        throw withoutBody(error)
      }
    },
    DeleteObject({ Bucket, Key, VersionId, IfMatch }) {
      const bucket = buckets.named(Bucket)
      const key = refuseKey(Key)
      if (IfMatch !== undefined) refuseWrite({ IfMatch }, subject(objects.current(bucket.name, key)), key)
      return deleteOne(bucket, key, VersionId)
    },
    DeleteObjects({ Bucket, Delete }) {
      const bucket = buckets.named(Bucket)
      const wanted = Delete?.Objects ?? []
      if (wanted.length === 0 || wanted.length > 1000) throw s3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')
      const Deleted = context.store.transaction(() =>
        wanted.map(({ Key = '', VersionId }) => {
          const { DeleteMarker, VersionId: made } = deleteOne(bucket, Key, VersionId)
          return { Key, ...(VersionId === undefined ? {} : { VersionId }), ...(DeleteMarker ? { DeleteMarker, DeleteMarkerVersionId: made } : {}) }
        }),
      )
      return Delete?.Quiet ? {} : { Deleted }
    },
    CopyObject(input, call) {
      const bucket = buckets.named(input.Bucket)
      const key = refuseKey(input.Key)
      const source = copySource(input, (wanted) => find(wanted, call))
      const replaces = input.MetadataDirective === 'REPLACE'
      if (source.bucket === bucket.name && source.key === key && !replaces && input.ServerSideEncryption === undefined) {
        throw s3Error('InvalidRequest', "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
      }
      refuseWrite(input, subject(objects.current(bucket.name, key)), key)
      const { content } = source
      const version = context.store.transaction(() =>
        objects.put(bucket, key, {
          ...content,
          chunks: [...objects.bodies.read(content.chunks, 0, content.size)].flatMap((bytes) => objects.bodies.write(bytes)),
          headers: replaces ? contentHeaders(input) : content.headers,
          metadata: replaces ? (input.Metadata ?? {}) : content.metadata,
          tags: input.TaggingDirective === 'REPLACE' ? tagsOf(input.Tagging) : content.tags,
          sse: input.ServerSideEncryption ?? content.sse,
        }),
      )
      const { ETag, VersionId, ServerSideEncryption } = written(version, bucket)
      return { CopyObjectResult: { ETag, LastModified: version.lastModified, ...content.checksums }, VersionId, ServerSideEncryption, ...(source.versionId === 'null' ? {} : { CopySourceVersionId: source.versionId }) }
    },
    GetObjectTagging(input, call) {
      const version = find(input, call)
      return { TagSet: [...version.content.tags], ...(version.versionId === 'null' ? {} : { VersionId: version.versionId }) }
    },
    PutObjectTagging(input, call) {
      const version = find(input, call)
      const tags = (input.Tagging?.TagSet ?? []).map(({ Key, Value }) => ({ Key, Value }))
      if (tags.length > 10) throw s3Error('InvalidTag', 'Object tags cannot be greater than 10')
      objects.replace({ ...version, content: { ...version.content, tags } })
      return {}
    },
    DeleteObjectTagging(input, call) {
      const version = find(input, call)
      objects.replace({ ...version, content: { ...version.content, tags: [] } })
      return {}
    },
  } satisfies S3Operations
}

/** What lies in one piece is in memory at once: a stream of one piece costs more than the piece. */
function bodyOf(pieces: Iterable<Uint8Array>, count: number): Uint8Array | Iterable<Uint8Array> {
  if (count > 1) return pieces
  const [only = new Uint8Array()] = pieces
  return only
}

interface Wanted {
  readonly Bucket?: string | undefined
  readonly Key?: string | undefined
  readonly VersionId?: string | undefined
}

type ReadInput = Wanted &
  Parameters<typeof refuseRead>[0] &
  Description['overrides'] & { readonly Range?: string | undefined; readonly PartNumber?: number | undefined; readonly ChecksumMode?: string | undefined }

/** @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed, AccessDenied */
export function finder({ buckets, objects, mayList }: Pick<S3Context, 'buckets' | 'objects' | 'mayList'>): (wanted: Wanted, call: Call) => Found {
  return ({ Bucket, Key = '', VersionId }, call) => {
    const { name } = buckets.named(Bucket)
    const version = VersionId === undefined ? objects.current(name, Key) : objects.version(name, Key, VersionId)
    if (version?.content) return version as Found // its content is there
    if (!mayList(call, name)) throw s3Error('AccessDenied', `User: ${'arn' in call.principal ? call.principal.arn : 'anonymous'} is not authorized to perform: s3:ListBucket on resource: "${bucketArn(name)}" because no identity-based policy allows the s3:ListBucket action`)
    if (version && VersionId !== undefined) throw s3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', { Method: 'GET', ResourceType: 'DeleteMarker' })
    if (VersionId !== undefined) throw s3Error('NoSuchVersion', 'The specified version does not exist.', { Key, VersionId })
    throw s3Error('NoSuchKey', 'The specified key does not exist.', { Key })
  }
}

function partRange({ content: { partSizes, size } }: Found, partNumber: number) {
  const sizes = partSizes ?? [size]
  const length = sizes[partNumber - 1]
  if (length === undefined) throw s3Error('InvalidRange', 'The requested partnumber is not satisfiable', { PartNumberRequested: partNumber, ActualPartCount: sizes.length })
  const start = sizes.slice(0, partNumber - 1).reduce((sum, each) => sum + each, 0)
  return { start, end: start + length }
}

/** The answer to HEAD has no body, so its errors have but a status: 404 has the name NotFound. */
function withoutBody(error: unknown): unknown {
  const isMissing = error instanceof Error && 'code' in error && (error.code === 'NoSuchKey' || error.code === 'NoSuchVersion' || error.code === 'NoSuchBucket')
  return isMissing ? s3Error('NotFound', 'Not Found') : error
}

export function written(version: VersionRecord, bucket: BucketRecord) {
  const { content } = version
  return {
    ETag: content?.etag,
    ServerSideEncryption: content?.sse as 'AES256' | undefined, // what the client or the bucket named
    ...content?.checksums,
    ...(content && Object.keys(content.checksums).length > 0 ? { ChecksumType: 'FULL_OBJECT' as const } : {}),
    ...(bucket.versioning === 'Enabled' ? { VersionId: version.versionId } : {}),
  }
}

const CHECKSUMS = ['ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumCRC64NVME', 'ChecksumSHA1', 'ChecksumSHA256'] as const

/** The wire has compared them with the body. */
export function checksumsOf(input: Partial<Record<(typeof CHECKSUMS)[number], string | undefined>>): Record<string, string> {
  return Object.fromEntries(CHECKSUMS.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])))
}

/** `x-amz-tagging: a=1&b=2` */
export const tagsOf = (header: string | undefined): Tag[] => [...new URLSearchParams(header ?? '')].map(([Key, Value]) => ({ Key, Value }))
