// sandbox/src/cloud/s3/copy-source.ts: the object that a copy reads: `/bucket/key?versionId=…`, and the conditions on it.
import type { Found } from './objects.ts'
import { refuseRead } from './preconditions.ts'
import { s3Error } from './s3-error.ts'

export interface CopyInput {
  readonly CopySource?: string | undefined
  readonly CopySourceIfMatch?: string | undefined
  readonly CopySourceIfNoneMatch?: string | undefined
  readonly CopySourceIfModifiedSince?: Date | undefined
  readonly CopySourceIfUnmodifiedSince?: Date | undefined
}

export interface SourceAddress {
  readonly Bucket: string
  readonly Key: string
  readonly VersionId?: string
}

/** @throws AwsError */
export function copySource(input: CopyInput, find: (wanted: SourceAddress) => Found): Found {
  const source = find(sourceAddress(input.CopySource))
  const conditions = { IfMatch: input.CopySourceIfMatch, IfNoneMatch: input.CopySourceIfNoneMatch, IfModifiedSince: input.CopySourceIfModifiedSince, IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince }
  try {
    refuseRead(conditions, { etag: source.content.etag, lastModified: source.lastModified })
  } catch {
    throw s3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold') // for a source, «not modified» is a failure too
  }
  return source
}

/** @throws AwsError InvalidArgument */
export function sourceAddress(copySource: string | undefined): SourceAddress {
  const [path = '', versionId] = (copySource ?? '').split('?versionId=')
  try {
    const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? []
    if (bucket !== undefined && key !== undefined) return { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }
  } catch {
    // not properly percent-encoded: refused below
  }
  throw s3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey', { ArgumentName: 'x-amz-copy-source', ArgumentValue: copySource })
}
