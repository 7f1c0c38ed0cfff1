// sandbox/src/cloud/s3/uploads.ts: multipart uploads that have begun, and their parts, as they are kept.
import type { Tag } from '@aws-sdk/client-s3'
import { keyOf, prefixOf, type Store } from '../store/store.ts'
import type { Chunk } from './bodies.ts'
import type { ContentHeaders } from './objects.ts'

export interface UploadRecord {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
  readonly initiated: Date
  readonly headers: ContentHeaders
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
  readonly sse: string
}

export interface PartRecord {
  readonly partNumber: number
  readonly size: number
  readonly etag: string
  readonly lastModified: Date
  readonly chunks: readonly Chunk[]
}

export interface Uploads {
  get(uploadId: string): UploadRecord | undefined
  put(upload: UploadRecord): void
  /** Of the upload and its parts; their bytes are the caller's. */
  delete(uploadId: string): void
  part(uploadId: string, partNumber: number): PartRecord | undefined
  putPart(uploadId: string, part: PartRecord): void
  /** By their numbers. */
  parts(uploadId: string): readonly PartRecord[]
  ofBucket(bucket: string): readonly UploadRecord[]
}

export function keptUploads(store: Store): Uploads {
  const uploads = store.table<UploadRecord>('s3_uploads')
  const parts = store.table<PartRecord>('s3_parts')
  const partKey = (uploadId: string, partNumber: number) => keyOf(uploadId, String(partNumber).padStart(5, '0'))
  return {
    get: (uploadId) => uploads.get(uploadId),
    put: (upload) => uploads.put(upload.uploadId, upload),
    delete(uploadId) {
      for (const [key] of parts.all(prefixOf(uploadId))) parts.delete(key)
      uploads.delete(uploadId)
    },
    part: (uploadId, partNumber) => parts.get(partKey(uploadId, partNumber)),
    putPart: (uploadId, part) => parts.put(partKey(uploadId, part.partNumber), part),
    parts: (uploadId) => parts.all(prefixOf(uploadId)).map(([, part]) => part),
    ofBucket: (bucket) => uploads.all().map(([, upload]) => upload).filter((upload) => upload.bucket === bucket),
  }
}
