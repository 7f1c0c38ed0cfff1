// ops/src/aws/objects.ts: small objects in S3: read, and written so that nobody's are overwritten unseen.
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { statusOf } from './aws-failure.ts'

export interface StoredText {
  readonly text: string
  readonly etag: string
  readonly storedAt: Date
}

export interface ObjectStore {
  /** undefined when there is no such object. A bucket that is not there is an error (NoSuchBucket). */
  read(key: string): Promise<StoredText | undefined>
  /** Only if the object is still the one with this ETag, or is not there (`undefined`). False when it is another by now. */
  replace(key: string, text: string, options: { readonly was: string | undefined; readonly contentType: string }): Promise<boolean>
}

export function objectStore(s3: S3Client, bucket: string): ObjectStore {
  return {
    async read(key) {
      try {
        const { Body, ETag = '', LastModified = new Date(0) } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return { text: (await Body?.transformToString('utf-8')) ?? '', etag: ETag, storedAt: LastModified }
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw error
      }
    },
    async replace(key, text, { was, contentType }) {
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType, ...(was === undefined ? { IfNoneMatch: '*' } : { IfMatch: was }) }))
        return true
      } catch (error) {
        // 412: it is another; 409: another write of it is under way; 404: it was deleted meanwhile (S3 guide, «Conditional writes»)
        const status = statusOf(error)
        if (status === 412 || status === 409 || (status === 404 && was !== undefined && error instanceof NoSuchKey)) return false
        throw error
      }
    },
  }
}
