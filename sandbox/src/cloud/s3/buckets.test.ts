// sandbox/src/cloud/s3/buckets.test.ts: buckets, their settings and listings, multipart uploads and policies, through the real SDK client.
import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand, DeleteBucketPolicyCommand, DeleteObjectCommand, DeletePublicAccessBlockCommand, GetBucketCorsCommand, GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand, GetBucketLocationCommand, GetBucketOwnershipControlsCommand, GetBucketPolicyCommand, GetBucketTaggingCommand, GetBucketVersioningCommand, GetObjectCommand, GetPublicAccessBlockCommand, HeadBucketCommand, HeadObjectCommand,
  ListBucketsCommand, ListMultipartUploadsCommand, ListObjectsCommand, ListObjectsV2Command, ListPartsCommand, PutBucketEncryptionCommand, PutBucketLifecycleConfigurationCommand, PutBucketPolicyCommand, PutBucketTaggingCommand, PutBucketWebsiteCommand,
  PutObjectCommand, S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, test } from 'vitest'
import { openTestS3 } from './testing.ts'

const Bucket = 'b-1'
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })

describe('buckets', () => {
  test('are made, told and deleted', async () => {
    const { sdk } = await openTestS3()
    expect(await sdk.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'eu-central-1' })
    expect((await sdk.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-central-1')
    expect((await sdk.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: 'b-1' }])
    await sdk.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))
    await expect(sdk.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty', $metadata: { httpStatusCode: 409 } })
    await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'x' }))
    await sdk.send(new DeleteBucketCommand({ Bucket }))
    await expect(sdk.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' })
  })

  test.each<[string, object, string]>([
    ['twice', { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }, 'BucketAlreadyOwnedByYou'],
    ['with a bad name', { Bucket: 'B_1', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }, 'InvalidBucketName'],
    ['elsewhere', { Bucket: 'b-2', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }, 'IllegalLocationConstraintException'],
    ['with a public ACL', { Bucket: 'b-2', ACL: 'public-read', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }, 'InvalidBucketAclWithObjectOwnership'],
  ])('are not made %s', async (_case, input, name) => {
    const { sdk } = await openTestS3()
    await expect(sdk.send(new CreateBucketCommand(input as { Bucket: string }))).rejects.toMatchObject({ name })
  })

  test('of another account are not touched', async () => {
    const { sdk } = await openTestS3()
    await sdk.send(new HeadBucketCommand({ Bucket: 'b-1', ExpectedBucketOwner: '000000000000' }))
    await expect(sdk.send(new DeleteBucketCommand({ Bucket: 'b-1', ExpectedBucketOwner: '111111111111' }))).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  })

  test('have settings', async () => {
    const { sdk } = await openTestS3()
    expect((await sdk.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' })
    expect((await sdk.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true)
    expect((await sdk.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }])
    expect((await sdk.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
    await expect(sdk.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' })
    await expect(sdk.send(new GetBucketTaggingCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchTagSet' })
    await expect(sdk.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' })
    await expect(sdk.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchCORSConfiguration' })
    await sdk.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: 'x/' }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } }] } }))
    await sdk.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }))
    await sdk.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] } }))
    expect((await sdk.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toMatchObject([{ ID: 'rule-1', NoncurrentVersionExpiration: { NoncurrentDays: 30 } }])
    expect((await sdk.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'k', Value: 'v' }])
    expect((await sdk.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))).ServerSideEncryption).toBe('aws:kms')
  })

  test('say which setting the sandbox does not offer', async () => {
    const { sdk } = await openTestS3()
    await expect(sdk.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } } }))).rejects.toMatchObject({ name: 'NotImplemented', message: 'The sandbox does not offer s3:PutBucketWebsite.' })
  })
})

describe('listings', () => {
  const filled = async () => {
    const opened = await openTestS3()
    for (const Key of ['a/1', 'a/2', 'b', 'c/x/1', 'd ü', 'e']) await opened.sdk.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
    return opened
  }

  test('fold what shares a prefix', async () => {
    const { sdk } = await filled()
    const listed = await sdk.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', EncodingType: 'url' }))
    expect([listed.Contents?.map(({ Key }) => Key), listed.CommonPrefixes?.map(({ Prefix }) => Prefix), listed.KeyCount]).toEqual([['b', 'd%20%C3%BC', 'e'], ['a/', 'c/'], 5])
    expect((await sdk.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', StartAfter: 'a/1' }))).Contents).toMatchObject([{ Key: 'a/2', Size: 3, StorageClass: 'STANDARD' }])
  })

  test.each([1, 2, 4, 100])('show each once, %i at a time', async (MaxKeys) => {
    const { sdk } = await filled()
    const seen: (string | undefined)[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await sdk.send(new ListObjectsV2Command({ Bucket, MaxKeys, Delimiter: '/', ContinuationToken }))
      seen.push(...[...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix)].sort())
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
    expect(seen.sort()).toEqual(['a/', 'b', 'c/', 'd ü', 'e'])
  })

  test('of the first version go on by marker', async () => {
    const { sdk } = await filled()
    const first = await sdk.send(new ListObjectsCommand({ Bucket, MaxKeys: 1, Delimiter: '/' }))
    expect([first.NextMarker, first.CommonPrefixes?.[0]?.Prefix]).toEqual(['a/', 'a/'])
    expect((await sdk.send(new ListObjectsCommand({ Bucket, MaxKeys: 1, Delimiter: '/', Marker: first.NextMarker }))).Contents).toMatchObject([{ Key: 'b' }])
  })

  test('refuse a token that is none of theirs', async () => {
    const { sdk } = await filled()
    await expect(sdk.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'mine' }))).rejects.toMatchObject({ name: 'InvalidArgument' })
  })
})

describe('a multipart upload', () => {
  const part = (fill: string, size = 5 * 1024 * 1024) => Buffer.alloc(size, fill)

  test('becomes one object', async () => {
    const { sdk } = await openTestS3()
    const { UploadId } = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big', ContentType: 'x/y' }))
    expect((await sdk.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ Key: 'big', UploadId }])
    const other = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a/b' }))
    const first = await sdk.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }))
    expect(first).toMatchObject({ Uploads: [{ Key: 'a/b' }], IsTruncated: true, NextKeyMarker: 'a/b', NextUploadIdMarker: other.UploadId })
    const second = await sdk.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker }))
    expect(second).toMatchObject({ Uploads: [{ Key: 'big' }], IsTruncated: false })
    expect(await sdk.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/' }))).toMatchObject({ CommonPrefixes: [{ Prefix: 'a/' }], Uploads: [{ Key: 'big' }] })
    await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: 'a/b', UploadId: other.UploadId }))
    const Parts = []
    for (const [PartNumber, Body] of [[1, part('a')], [2, part('b')], [3, Buffer.from('c')]] as const) Parts.push({ PartNumber, ETag: (await sdk.send(new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber, Body }))).ETag })
    expect((await sdk.send(new ListPartsCommand({ Bucket, Key: 'big', UploadId, MaxParts: 2 }))).Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 2])
    const { ETag } = await sdk.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload: { Parts } }))
    const hash = (body: Uint8Array) => createHash('md5').update(body).digest()
    expect(ETag).toBe(`"${hash(Buffer.concat([hash(part('a')), hash(part('b')), hash(Buffer.from('c'))])).toString('hex')}-3"`)
    const got = await sdk.send(new GetObjectCommand({ Bucket, Key: 'big' }))
    expect([got.ContentLength, got.ContentType]).toEqual([10 * 1024 * 1024 + 1, 'x/y'])
    expect((await got.Body?.transformToString())?.slice(-2)).toBe('bc')
    expect(await (await sdk.send(new GetObjectCommand({ Bucket, Key: 'big', PartNumber: 3 }))).Body?.transformToString()).toBe('c')
  })

  test('is refused when parts are missing, small or out of order, and can be given up', async () => {
    const { sdk } = await openTestS3()
    const { UploadId } = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }))
    const [one, two] = [await sdk.send(new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber: 1, Body: 'small' })), await sdk.send(new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber: 2, Body: 'x' }))]
    const complete = (...Parts: { PartNumber: number; ETag: string | undefined }[]) => sdk.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload: { Parts } }))
    await expect(complete({ PartNumber: 1, ETag: one.ETag }, { PartNumber: 2, ETag: two.ETag })).rejects.toMatchObject({ name: 'EntityTooSmall' })
    await expect(complete({ PartNumber: 2, ETag: two.ETag }, { PartNumber: 1, ETag: one.ETag })).rejects.toMatchObject({ name: 'InvalidPartOrder' })
    await expect(complete({ PartNumber: 3, ETag: 'x' })).rejects.toMatchObject({ name: 'InvalidPart' })
    await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: 'big', UploadId }))
    await expect(complete({ PartNumber: 1, ETag: one.ETag })).rejects.toMatchObject({ name: 'NoSuchUpload' })
  })
})

describe('access', () => {
  const roleMay = (Action: string | string[], Resource: string) => [policy({ Effect: 'Allow', Action, Resource })]

  test('of a role is what its policies allow', async () => {
    const { sdk, asRole } = await openTestS3({ rolePolicies: roleMay('s3:GetObject', 'arn:aws:s3:::b-1/open/*') })
    for (const Key of ['open/x', 'closed/x']) await sdk.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
    expect(await (await asRole.send(new GetObjectCommand({ Bucket, Key: 'open/x' }))).Body?.transformToString()).toBe('open/x')
    await expect(asRole.send(new GetObjectCommand({ Bucket, Key: 'closed/x' }))).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b-1/closed/x"') })
    // Who may not list learns nothing of what is not there.
    await expect(asRole.send(new GetObjectCommand({ Bucket, Key: 'open/none' }))).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  })

  test('of a role that may list tells what is missing', async () => {
    const { asRole } = await openTestS3({ rolePolicies: roleMay(['s3:GetObject', 's3:ListBucket'], '*') })
    await expect(asRole.send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  test('is denied by the bucket’s policy, even to the account; but not to mend that policy', async () => {
    const { sdk } = await openTestS3()
    await sdk.send(new PutBucketPolicyCommand({ Bucket, Policy: policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::b-1', 'arn:aws:s3:::b-1/*'] }) }))
    await expect(sdk.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('with an explicit deny in a resource-based policy') })
    await sdk.send(new DeleteBucketPolicyCommand({ Bucket }))
    await sdk.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))
  })

  test('by plain HTTP on this machine passes a policy that demands TLS', async () => {
    const { sdk } = await openTestS3()
    await sdk.send(new PutBucketPolicyCommand({ Bucket, Policy: policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::b-1/*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }) }))
    await sdk.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))
  })

  test('of everybody must be wished for twice', async () => {
    const { sdk, endpoint } = await openTestS3()
    const open = { Bucket, Policy: policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b-1/*' }) }
    await sdk.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'hello' }))
    expect((await fetch(`${endpoint}/b-1/x`)).status).toBe(403)
    await expect(sdk.send(new PutBucketPolicyCommand(open))).rejects.toMatchObject({ name: 'AccessDenied' })
    await sdk.send(new DeletePublicAccessBlockCommand({ Bucket }))
    await sdk.send(new PutBucketPolicyCommand(open))
    expect(await (await fetch(`${endpoint}/b-1/x`)).text()).toBe('hello')
    expect((await fetch(`${endpoint}/b-1`)).status).toBe(403)
  })

  test.each([
    ['no JSON', '{'],
    ['another bucket', policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::other/*' })],
    ['nobody', policy({ Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b-1/*' })],
  ])('policies with %s are refused', async (_case, Policy) => {
    const { sdk } = await openTestS3()
    await expect(sdk.send(new PutBucketPolicyCommand({ Bucket, Policy }))).rejects.toMatchObject({ name: 'MalformedPolicy' })
  })
})

describe('presigned URLs', () => {
  test('put and get', async () => {
    const { sdk } = await openTestS3()
    const put = await getSignedUrl(sdk, new PutObjectCommand({ Bucket, Key: 'a b+c' }), { expiresIn: 60 })
    expect((await fetch(put, { method: 'PUT', body: 'hello' })).status).toBe(200)
    const get = await getSignedUrl(sdk, new GetObjectCommand({ Bucket, Key: 'a b+c', ResponseContentType: 'x/y' }), { expiresIn: 60 })
    const answer = await fetch(get)
    expect([await answer.text(), answer.headers.get('content-type')]).toEqual(['hello', 'x/y'])
  })

  test('take a body that calls itself a form, as curl’s do', async () => {
    const { sdk } = await openTestS3()
    const url = await getSignedUrl(sdk, new PutObjectCommand({ Bucket, Key: 'x' }))
    const body = Buffer.alloc(11 * 1024 * 1024, 'a=b&')
    expect((await fetch(url, { method: 'PUT', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(200)
    expect((await sdk.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).ContentLength).toBe(body.length)
  })

  test('end, and hold for what they were signed for', async () => {
    const { sdk, clock } = await openTestS3()
    const url = await getSignedUrl(sdk, new GetObjectCommand({ Bucket, Key: 'x' }), { expiresIn: 60 })
    expect(await (await fetch(url.replace('/x?', '/y?'))).text()).toContain('<Code>SignatureDoesNotMatch</Code>')
    clock.advance(61_000)
    expect(await (await fetch(url)).text()).toContain('<Message>Request has expired</Message>')
  })
})

test('virtual hosts name the bucket', async () => {
  const { sdk, endpoint, port } = await openTestS3()
  await sdk.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }))
  const url = await getSignedUrl(new S3Client({ ...{ region: 'eu-central-1', credentials: await sdk.config.credentials() }, endpoint: `http://s3.localhost:${port}` }), new GetObjectCommand({ Bucket, Key: 'k' }))
  expect(url).toContain('http://b-1.s3.localhost')
  const { host, pathname, search } = new URL(url)
  expect(await getWithHost(endpoint + pathname + search, host)).toBe('hello')
})

/** fetch does not let a test choose the Host header. */
async function getWithHost(url: string, host: string): Promise<string> {
  const { get } = await import('node:http')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  get(url, { headers: { host } }, (response) => void response.setEncoding('utf8').on('data', resolve)).on('error', reject)
  return promise
}
