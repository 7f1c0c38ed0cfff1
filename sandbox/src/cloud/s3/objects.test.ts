// sandbox/src/cloud/s3/objects.test.ts: objects through the real SDK client: bytes, headers, conditions, ranges, versions, copies.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, ListObjectVersionsCommand, PutBucketVersioningCommand, PutObjectCommand, PutObjectTaggingCommand, type S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { openTestS3 } from './testing.ts'

const AT = { Bucket: 'b-1', Key: 'a b/ü+c(1)&.txt' }
const put = (sdk: S3Client, Body: string | Uint8Array = 'hello', more: object = {}) => sdk.send(new PutObjectCommand({ ...AT, Body, ...more }))
const text = async (sdk: S3Client, more: object = {}) => (await sdk.send(new GetObjectCommand({ ...AT, ...more }))).Body?.transformToString()
const md5 = (body: string | Uint8Array) => `"${createHash('md5').update(body).digest('hex')}"`

describe('an object', () => {
  test('comes back with its headers and metadata', async () => {
    const { sdk } = await openTestS3()
    const { ETag, ServerSideEncryption, VersionId } = await put(sdk, 'hello', { ContentType: 'text/plain', CacheControl: 'no-cache', ContentEncoding: 'identity', Metadata: { One: 'eins' }, Tagging: 'a=1&b=2' })
    expect([ETag, ServerSideEncryption, VersionId]).toEqual([md5('hello'), 'AES256', undefined])
    const got = await sdk.send(new GetObjectCommand(AT))
    expect(await got.Body?.transformToString()).toBe('hello')
    expect(got).toMatchObject({ ETag, ContentType: 'text/plain', CacheControl: 'no-cache', ContentEncoding: 'identity', ContentLength: 5, Metadata: { one: 'eins' }, AcceptRanges: 'bytes', TagCount: 2, LastModified: expect.any(Date) })
    expect(await sdk.send(new HeadObjectCommand(AT))).toMatchObject({ ETag, ContentLength: 5, Metadata: { one: 'eins' } })
  })

  test('may be large, and may come as a stream', async () => {
    const { sdk } = await openTestS3()
    const body = Buffer.alloc(9 * 1024 * 1024, 'abcdefg')
    await put(sdk, Readable.from([body.subarray(0, 1_000_001), body.subarray(1_000_001)]) as unknown as Uint8Array, { ContentLength: body.length })
    const got = await sdk.send(new GetObjectCommand(AT))
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true)
    expect(got.ContentEncoding).toBeUndefined()
    expect(await text(sdk, { Range: 'bytes=4194300-4194310' })).toBe(body.toString('utf8', 4194300, 4194311))
  })

  test.each<[string, object]>([
    ['a key of the customer', { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'a'.repeat(32) }],
    ['a lock', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(Date.now() + 1000) }],
    ['a grant', { GrantRead: 'id="x"' }],
  ])('is not kept without %s that was asked for', async (_case, more) => {
    const { sdk } = await openTestS3()
    await expect(put(sdk, 'hello', more)).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } })
    await expect(text(sdk)).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  test('keeps when it expires', async () => {
    const { sdk } = await openTestS3()
    await put(sdk, 'hello', { Expires: new Date('2030-01-01T00:00:00Z') })
    expect((await sdk.send(new GetObjectCommand(AT))).ExpiresString).toBe('Tue, 01 Jan 2030 00:00:00 GMT')
  })

  test('may be empty', async () => {
    const { sdk } = await openTestS3()
    await put(sdk, new Uint8Array())
    expect(await text(sdk)).toBe('')
  })

  test.each([
    ['bytes=1-3', 'ell', 'bytes 1-3/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=0-99', 'hello', 'bytes 0-4/5'],
  ])('is read in part: %s', async (Range, expected, ContentRange) => {
    const { sdk } = await openTestS3()
    await put(sdk)
    const got = await sdk.send(new GetObjectCommand({ ...AT, Range }))
    expect([await got.Body?.transformToString(), got.ContentRange, got.$metadata.httpStatusCode]).toEqual([expected, ContentRange, 206])
  })

  test('refuses a range behind its end', async () => {
    const { sdk } = await openTestS3()
    await put(sdk)
    await expect(text(sdk, { Range: 'bytes=5-9' })).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } })
  })

  test.each<[string, object, string]>([
    ['If-None-Match: *', { IfNoneMatch: '*' }, 'PreconditionFailed'],
    ['If-Match: other', { IfMatch: '"other"' }, 'PreconditionFailed'],
  ])('is not overwritten against %s', async (_case, condition, name) => {
    const { sdk } = await openTestS3()
    await put(sdk)
    await expect(put(sdk, 'new', condition)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 412 } })
    await put(sdk, 'new', { IfMatch: md5('hello') })
    expect(await text(sdk)).toBe('new')
  })

  test.each<[string, object, string, number]>([
    ['If-None-Match', { IfNoneMatch: md5('hello') }, '304', 304],
    ['If-Modified-Since', { IfModifiedSince: new Date('2100-01-01') }, '304', 304],
    ['If-Match', { IfMatch: '"other"' }, 'PreconditionFailed', 412],
    ['If-Unmodified-Since', { IfUnmodifiedSince: new Date('2000-01-01') }, 'PreconditionFailed', 412],
  ])('is not sent against %s', async (_case, condition, name, status) => {
    const { sdk } = await openTestS3()
    await put(sdk)
    await expect(sdk.send(new GetObjectCommand({ ...AT, ...condition }))).rejects.toMatchObject({ $metadata: { httpStatusCode: status }, ...(status === 304 ? {} : { name }) })
  })

  test.each([
    ['small', 'small', 10, 20],
    ['small', 'large', 10, 5_000_000],
    ['large', 'small', 9_000_000, 10],
    ['nothing', 'small', 0, 10],
    ['small', 'nothing', 10, 0],
  ])('that was %s and is %s is written over, and nothing is left of it', async (_before, _after, first, second) => {
    const { sdk, store } = await openTestS3()
    for (const Body of [Buffer.alloc(first, 'a'), Buffer.alloc(second, 'b')]) await sdk.send(new PutObjectCommand({ Bucket: 'b-1', Key: 'k', Body }))
    const { Body } = await sdk.send(new GetObjectCommand({ Bucket: 'b-1', Key: 'k' }))
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(Buffer.alloc(second, 'b'))).toBe(true)
    expect(store.table('s3_bodies').count()).toBe(Math.ceil(second / 4_194_304))
    const { Versions } = await sdk.send(new ListObjectVersionsCommand({ Bucket: 'b-1' }))
    expect(Versions).toMatchObject([{ Key: 'k', VersionId: 'null', IsLatest: true, Size: second }])
  })

  test('that is not there', async () => {
    const { sdk } = await openTestS3()
    await expect(text(sdk)).rejects.toMatchObject({ name: 'NoSuchKey', Key: AT.Key })
    await expect(sdk.send(new HeadObjectCommand(AT))).rejects.toMatchObject({ name: 'NotFound' })
    await expect(sdk.send(new GetObjectCommand({ Bucket: 'nobody', Key: 'x' }))).rejects.toMatchObject({ name: 'NoSuchBucket', BucketName: 'nobody' })
    await expect(put(sdk, 'x', { IfMatch: '"x"' })).rejects.toMatchObject({ name: 'NoSuchKey' })
    await sdk.send(new DeleteObjectCommand(AT))
  })

  test('with a wrong checksum is refused', async () => {
    const { sdk } = await openTestS3()
    await expect(put(sdk, 'hello', { ChecksumSHA256: Buffer.alloc(32).toString('base64') })).rejects.toMatchObject({ name: 'BadDigest' })
    await expect(put(sdk, 'hello', { ContentMD5: Buffer.alloc(16).toString('base64') })).rejects.toMatchObject({ name: 'BadDigest' })
    await expect(text(sdk)).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('is held to its %s, in header and trailer', async (ChecksumAlgorithm) => {
    const { sdk } = await openTestS3()
    const given = await put(sdk, '123456789', { ChecksumAlgorithm })
    expect(given[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/)
    await put(sdk, Readable.from(['12345', '6789']) as unknown as Uint8Array, { ChecksumAlgorithm, ContentLength: 9 })
    expect(await text(sdk, { ChecksumMode: 'ENABLED' })).toBe('123456789')
  })

  test('has tags', async () => {
    const { sdk } = await openTestS3()
    await put(sdk)
    await sdk.send(new PutObjectTaggingCommand({ ...AT, Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }))
    expect((await sdk.send(new GetObjectTaggingCommand(AT))).TagSet).toEqual([{ Key: 'k', Value: 'v' }])
  })
})

describe('versions', () => {
  const versioned = async () => {
    const opened = await openTestS3()
    await opened.sdk.send(new PutBucketVersioningCommand({ Bucket: 'b-1', VersioningConfiguration: { Status: 'Enabled' } }))
    return opened
  }

  test('all stay; a delete hides them, deleting its marker shows them again', async () => {
    const { sdk } = await versioned()
    const first = await put(sdk, 'one')
    const second = await put(sdk, 'two')
    const marker = await sdk.send(new DeleteObjectCommand(AT))
    expect(marker.DeleteMarker).toBe(true)
    await expect(text(sdk)).rejects.toMatchObject({ name: 'NoSuchKey' })
    await expect(text(sdk, { VersionId: marker.VersionId })).rejects.toMatchObject({ name: 'MethodNotAllowed' })
    const { Versions, DeleteMarkers } = await sdk.send(new ListObjectVersionsCommand({ Bucket: 'b-1' }))
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([[second.VersionId, false], [first.VersionId, false]])
    expect(DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }])
    await sdk.send(new DeleteObjectCommand({ ...AT, VersionId: marker.VersionId }))
    expect([await text(sdk), await text(sdk, { VersionId: first.VersionId })]).toEqual(['two', 'one'])
    await sdk.send(new DeleteObjectCommand({ ...AT, VersionId: second.VersionId }))
    expect(await text(sdk)).toBe('one')
  })

  test('from before versioning are «null», and suspended versioning overwrites that one', async () => {
    const { sdk } = await openTestS3()
    await put(sdk, 'before')
    await sdk.send(new PutBucketVersioningCommand({ Bucket: 'b-1', VersioningConfiguration: { Status: 'Enabled' } }))
    const kept = await put(sdk, 'kept')
    await sdk.send(new PutBucketVersioningCommand({ Bucket: 'b-1', VersioningConfiguration: { Status: 'Suspended' } }))
    await put(sdk, 'after')
    expect([await text(sdk), await text(sdk, { VersionId: 'null' }), await text(sdk, { VersionId: kept.VersionId })]).toEqual(['after', 'after', 'kept'])
    const { Versions } = await sdk.send(new ListObjectVersionsCommand({ Bucket: 'b-1' }))
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', kept.VersionId])
  })

  test('come in pages', async () => {
    const { sdk } = await versioned()
    for (const body of ['1', '2', '3']) await put(sdk, body)
    await sdk.send(new PutObjectCommand({ Bucket: 'b-1', Key: 'z', Body: '4' }))
    const seen: (string | undefined)[] = []
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {}
    for (;;) {
      const page = await sdk.send(new ListObjectVersionsCommand({ Bucket: 'b-1', MaxKeys: 2, ...marker }))
      seen.push(...(page.Versions ?? []).map(({ Key }) => Key))
      if (!page.IsTruncated) break
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
    }
    expect(seen).toEqual([AT.Key, AT.Key, AT.Key, 'z'])
  })
})

test('many are deleted at once', async () => {
  const { sdk } = await openTestS3()
  for (const Key of ['x', 'y']) await sdk.send(new PutObjectCommand({ Bucket: 'b-1', Key, Body: Key }))
  const { Deleted } = await sdk.send(new DeleteObjectsCommand({ Bucket: 'b-1', Delete: { Objects: [{ Key: 'x' }, { Key: 'y' }, { Key: 'none' }] } }))
  expect(Deleted).toEqual([{ Key: 'x' }, { Key: 'y' }, { Key: 'none' }])
  await expect(sdk.send(new HeadObjectCommand({ Bucket: 'b-1', Key: 'x' }))).rejects.toMatchObject({ name: 'NotFound' })
})

describe('a copy', () => {
  test('takes bytes and metadata along, or new metadata', async () => {
    const { sdk } = await openTestS3()
    await put(sdk, 'hello', { Metadata: { a: '1' }, ContentType: 'text/plain' })
    const CopySource = `/b-1/${encodeURIComponent(AT.Key)}`
    const { CopyObjectResult } = await sdk.send(new CopyObjectCommand({ Bucket: 'b-1', Key: 'copy', CopySource }))
    expect(CopyObjectResult?.ETag).toBe(md5('hello'))
    expect(await sdk.send(new HeadObjectCommand({ Bucket: 'b-1', Key: 'copy' }))).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/plain' })
    await sdk.send(new CopyObjectCommand({ Bucket: 'b-1', Key: 'copy', CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }))
    expect((await sdk.send(new HeadObjectCommand({ Bucket: 'b-1', Key: 'copy' }))).Metadata).toEqual({ b: '2' })
    await expect(sdk.send(new CopyObjectCommand({ ...AT, CopySource }))).rejects.toMatchObject({ name: 'InvalidRequest' })
    await expect(sdk.send(new CopyObjectCommand({ Bucket: 'b-1', Key: 'copy', CopySource, CopySourceIfNoneMatch: md5('hello') }))).rejects.toMatchObject({ name: 'PreconditionFailed' })
    await expect(sdk.send(new CopyObjectCommand({ Bucket: 'b-1', Key: 'copy', CopySource: 'nothing' }))).rejects.toMatchObject({ name: 'InvalidArgument' })
  })
})
