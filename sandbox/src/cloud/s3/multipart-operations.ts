// sandbox/src/cloud/s3/multipart-operations.ts: S3's operations on multipart uploads.
import { createHash, randomBytes } from 'node:crypto'
import type { CompletedPart } from '@aws-sdk/client-s3'
import { copySource } from './copy-source.ts'
import { contentHeaders, refuseKey, refuseMetadata } from './object-description.ts'
import { checksumsOf, finder, tagsOf, written } from './object-operations.ts'
import { byteRange, refuseWrite } from './preconditions.ts'
import { ownerOf, type S3Context, type S3Operations } from './s3-context.ts'
import { s3Error } from './s3-error.ts'
import { listedUploads } from './upload-list.ts'
import { keptUploads, type PartRecord, type UploadRecord } from './uploads.ts'

/** Bytes of every part but the last («Amazon S3 multipart upload limits»). */
const SMALLEST_PART = 5 * 1024 * 1024
const MOST_PARTS = 10_000

interface Named {
  readonly Bucket?: string | undefined
  readonly Key?: string | undefined
  readonly UploadId?: string | undefined
}

export function multipartOperations(context: S3Context) {
  const { account, clock, store, buckets, objects } = context
  const uploads = keptUploads(store)
  const find = finder(context)
  const begun = ({ Bucket, Key, UploadId = '' }: Named): UploadRecord => {
    const { name } = buckets.named(Bucket)
    const upload = uploads.get(UploadId)
    if (upload?.bucket !== name || upload.key !== Key) throw s3Error('NoSuchUpload', 'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.', { UploadId })
    return upload
  }
  const addPart = ({ uploadId }: UploadRecord, partNumber: number, bytes: Uint8Array): PartRecord => {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MOST_PARTS) throw s3Error('InvalidArgument', `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`, { ArgumentName: 'partNumber', ArgumentValue: partNumber })
    return store.transaction(() => {
      const replaced = uploads.part(uploadId, partNumber)
      if (replaced) objects.bodies.delete(replaced.chunks)
      const part = { partNumber, size: bytes.length, etag: `"${createHash('md5').update(bytes).digest('hex')}"`, lastModified: clock.now(), chunks: objects.bodies.write(bytes) }
      uploads.putPart(uploadId, part)
      return part
    })
  }
  const drop = (uploadId: string, unused: readonly PartRecord[]) => {
    for (const { chunks } of unused) objects.bodies.delete(chunks)
    uploads.delete(uploadId)
  }
  return {
    CreateMultipartUpload(input) {
      const bucket = buckets.named(input.Bucket)
      const key = refuseKey(input.Key)
      refuseMetadata(input.Metadata)
      const uploadId = randomBytes(32).toString('base64url')
      const sse = input.ServerSideEncryption ?? bucket.encryption.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? 'AES256'
      uploads.put({ bucket: bucket.name, key, uploadId, initiated: clock.now(), headers: contentHeaders(input), metadata: input.Metadata ?? {}, tags: tagsOf(input.Tagging), sse })
      return { Bucket: bucket.name, Key: key, UploadId: uploadId, ServerSideEncryption: sse as 'AES256' } // what the client or the bucket named
    },
    UploadPart(input) {
      const upload = begun(input)
      const { etag } = addPart(upload, input.PartNumber ?? 0, input.Body ?? new Uint8Array())
      return { ETag: etag, ServerSideEncryption: upload.sse as 'AES256', ...checksumsOf(input) } // likewise
    },
    UploadPartCopy(input, call) {
      const upload = begun(input)
      const { content, versionId } = copySource(input, (wanted) => find(wanted, call))
      const { start, end } = byteRange(input.CopySourceRange, content.size) ?? { start: 0, end: content.size }
      const part = addPart(upload, input.PartNumber ?? 0, Buffer.concat([...objects.bodies.read(content.chunks, start, end)]))
      return { CopyPartResult: { ETag: part.etag, LastModified: part.lastModified }, ...(versionId === 'null' ? {} : { CopySourceVersionId: versionId }) }
    },
    CompleteMultipartUpload(input, { origin }) {
      const upload = begun(input)
      const bucket = buckets.named(upload.bucket)
      const known = uploads.parts(upload.uploadId)
      const parts = chosenParts(known, input.MultipartUpload?.Parts ?? [])
      const current = objects.current(upload.bucket, upload.key)
      refuseWrite(input, current?.content && { etag: current.content.etag, lastModified: current.lastModified }, upload.key)
      const version = store.transaction(() => {
        drop(upload.uploadId, known.filter((part) => !parts.includes(part)))
        return objects.put(bucket, upload.key, { ...contentOf(parts), headers: upload.headers, metadata: upload.metadata, tags: upload.tags, sse: upload.sse, checksums: {} })
      })
      return { ...written(version, bucket), Bucket: upload.bucket, Key: upload.key, Location: `${origin}/${upload.bucket}/${upload.key.split('/').map(encodeURIComponent).join('/')}` }
    },
    AbortMultipartUpload(input) {
      const { uploadId } = begun(input)
      store.transaction(() => drop(uploadId, uploads.parts(uploadId)))
      return {}
    },
    ListParts(input) {
      const upload = begun(input)
      const after = uploads.parts(upload.uploadId).filter(({ partNumber }) => partNumber > Number(input.PartNumberMarker ?? 0))
      const most = Math.min(input.MaxParts ?? 1000, 1000)
      const shown = after.slice(0, most)
      const isTruncated = after.length > shown.length
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        PartNumberMarker: input.PartNumberMarker ?? '0',
        MaxParts: most,
        IsTruncated: isTruncated,
        ...(isTruncated ? { NextPartNumberMarker: String(shown.at(-1)?.partNumber ?? 0) } : {}),
        Parts: shown.map(({ partNumber, size, etag, lastModified }) => ({ PartNumber: partNumber, Size: size, ETag: etag, LastModified: lastModified })),
        Initiator: ownerOf(account),
        Owner: ownerOf(account),
        StorageClass: 'STANDARD' as const,
      }
    },
    ListMultipartUploads(input) {
      const { name } = buckets.named(input.Bucket)
      return { Bucket: name, ...listedUploads(uploads.ofBucket(name), input, ownerOf(account)) }
    },
  } satisfies S3Operations
}

/** @throws AwsError InvalidPart, InvalidPartOrder, EntityTooSmall */
function chosenParts(known: readonly PartRecord[], wanted: readonly CompletedPart[]): PartRecord[] {
  if (wanted.length === 0) throw s3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')
  const numbers = wanted.map(({ PartNumber = 0 }) => PartNumber)
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) throw s3Error('InvalidPartOrder', 'The list of parts was not in ascending order. The parts list must be specified in order by part number.')
  const bare = (etag: string | undefined) => (etag ?? '').replaceAll('"', '')
  const parts = wanted.map(({ PartNumber = 0, ETag }) => {
    const part = known.find(({ partNumber }) => partNumber === PartNumber)
    if (!part || bare(part.etag) !== bare(ETag)) throw s3Error('InvalidPart', 'One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part\'s entity tag.', { PartNumber, ETag })
    return part
  })
  const small = parts.slice(0, -1).find(({ size }) => size < SMALLEST_PART)
  if (small) throw s3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', { ProposedSize: small.size, MinSizeAllowed: SMALLEST_PART, PartNumber: small.partNumber })
  return parts
}

/** The object is made of the parts as they lie; its tag is the hash of their hashes. */
function contentOf(parts: readonly PartRecord[]) {
  const hashes = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex')))
  return {
    chunks: parts.flatMap(({ chunks }) => chunks),
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: `"${createHash('md5').update(hashes).digest('hex')}-${parts.length}"`,
    partSizes: parts.map(({ size }) => size),
  }
}
