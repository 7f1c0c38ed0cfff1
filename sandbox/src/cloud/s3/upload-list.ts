// sandbox/src/cloud/s3/upload-list.ts: one page of the multipart uploads that have begun.
import type { EncodingType } from '@aws-sdk/client-s3'
import { PAST, urlEncoded, walk } from './listing.ts'
import type { UploadRecord } from './uploads.ts'

export interface UploadsAsked {
  readonly Prefix?: string | undefined
  readonly Delimiter?: string | undefined
  readonly EncodingType?: EncodingType | undefined
  readonly KeyMarker?: string | undefined
  readonly UploadIdMarker?: string | undefined
  readonly MaxUploads?: number | undefined
}

const MOST = 1000
const BETWEEN = '\u001f'

/** By key, then by the time of their beginning (API reference, ListMultipartUploads). */
export function listedUploads(uploads: readonly UploadRecord[], { Prefix = '', Delimiter, EncodingType, KeyMarker = '', UploadIdMarker, MaxUploads = MOST }: UploadsAsked, owner: { readonly ID: string; readonly DisplayName: string }) {
  const positionOf = ({ key, initiated, uploadId }: UploadRecord) => [key, initiated.toISOString(), uploadId].join(BETWEEN)
  const sorted = uploads
    .filter(({ key }) => key.startsWith(Prefix))
    .map((upload) => ({ upload, position: positionOf(upload) }))
    .sort((one, other) => (one.position < other.position ? -1 : 1))
  const marked = sorted.find(({ upload }) => upload.key === KeyMarker && upload.uploadId === UploadIdMarker)
  const maxKeys = Math.min(MaxUploads, MOST)
  const listed = walk<UploadRecord>({
    prefix: Prefix,
    delimiter: Delimiter ?? '',
    maxKeys,
    after: marked?.position ?? (KeyMarker === '' ? undefined : KeyMarker + (Delimiter !== undefined && KeyMarker.endsWith(Delimiter) ? PAST : BETWEEN + PAST)),
    keyOf: ({ key }) => key,
    positionOf,
    from: (position, limit) => sorted.filter((each) => position === undefined || each.position > position).slice(0, limit).map(({ upload }) => upload),
  })
  const { last } = listed
  const next = last?.kind === 'item' ? { NextKeyMarker: urlEncoded(last.item.key, EncodingType), NextUploadIdMarker: last.item.uploadId } : { NextKeyMarker: urlEncoded(last?.prefix, EncodingType) }
  return {
    Prefix: urlEncoded(Prefix, EncodingType),
    Delimiter: urlEncoded(Delimiter, EncodingType),
    EncodingType,
    KeyMarker: urlEncoded(KeyMarker, EncodingType),
    UploadIdMarker: UploadIdMarker ?? '',
    MaxUploads: maxKeys,
    IsTruncated: listed.isTruncated,
    ...(listed.isTruncated ? next : {}),
    Uploads: listed.items.map(({ key, uploadId, initiated }) => ({ Key: urlEncoded(key, EncodingType), UploadId: uploadId, Initiated: initiated, StorageClass: 'STANDARD' as const, Owner: owner, Initiator: owner })),
    CommonPrefixes: listed.commonPrefixes.map((prefix) => ({ Prefix: urlEncoded(prefix, EncodingType) })),
  }
}
