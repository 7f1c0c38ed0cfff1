// ops/src/allowlist/uploaded-list.ts: the allowlist as the admission hook reads it: an object in the provisioning bucket.
import { createHash } from 'node:crypto'
import { GetObjectCommand, HeadObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { parseAllowlist, type Allowlist } from '@fleet/contract/allowlist'
import { storeKeys } from '@fleet/contract/names'
import { statusOf } from '../aws/aws-failure.ts'

export interface UploadedList {
  readonly s3: S3Client
  readonly bucket: string
}

/** One conditional HEAD: 304 says that the same bytes are there (the store encrypts with AES256, so an ETag is the MD5; S3 API, Object). */
export async function isUploaded(text: string, { s3, bucket }: UploadedList): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: storeKeys.allowlist, IfNoneMatch: etagOf(text) }))
    return false
  } catch (error) {
    const status = statusOf(error)
    if (status === 304) return true
    if (status === 404) return false // no list yet; without a bucket the upload says so
    throw error
  }
}

export async function upload(text: string, { s3, bucket }: UploadedList): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: storeKeys.allowlist, Body: text, ContentType: 'text/plain; charset=utf-8' }))
}

/** undefined when none was uploaded yet. */
export async function uploadedList({ s3, bucket }: UploadedList): Promise<Allowlist | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: storeKeys.allowlist }))
    return parseAllowlist((await Body?.transformToString('utf-8')) ?? '', `s3://${bucket}/${storeKeys.allowlist}`)
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined
    throw error
  }
}

const etagOf = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`
