// sandbox/src/cloud/s3/preconditions.ts: conditional requests (RFC 9110 §13; «Conditional requests», S3 guide) and byte ranges.
import { s3Error } from './s3-error.ts'

export interface Conditions {
  readonly IfMatch?: string | undefined
  readonly IfNoneMatch?: string | undefined
  readonly IfModifiedSince?: Date | undefined
  readonly IfUnmodifiedSince?: Date | undefined
}

export interface Subject {
  readonly etag: string
  readonly lastModified: Date
}

/** @throws AwsError PreconditionFailed, NotModified */
export function refuseRead({ IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }: Conditions, { etag, lastModified }: Subject): void {
  if (IfMatch !== undefined && !names(IfMatch, etag)) throw failed('If-Match')
  if (IfMatch === undefined && IfUnmodifiedSince !== undefined && lastModified > IfUnmodifiedSince) throw failed('If-Unmodified-Since')
  if (IfNoneMatch !== undefined && names(IfNoneMatch, etag)) throw s3Error('NotModified', 'Not Modified')
  if (IfNoneMatch === undefined && IfModifiedSince !== undefined && lastModified <= IfModifiedSince) throw s3Error('NotModified', 'Not Modified')
}

/** `If-None-Match: *` makes only what is not there; `If-Match` replaces only what is as expected. @throws AwsError */
export function refuseWrite({ IfMatch, IfNoneMatch }: Conditions, current: Subject | undefined, key: string): void {
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') throw s3Error('NotImplemented', 'A header you provided implies functionality that is not implemented', { Header: 'If-None-Match' })
  if (IfNoneMatch !== undefined && current) throw failed('If-None-Match')
  if (IfMatch === undefined) return
  if (!current) throw s3Error('NoSuchKey', 'The specified key does not exist.', { Key: key })
  if (!names(IfMatch, current.etag)) throw failed('If-Match')
}

const failed = (condition: string) => s3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { Condition: condition })

/** Entity tags may come without quotes, weak, or in a list. */
const names = (header: string, etag: string): boolean => header.split(',').some((each) => each.trim() === '*' || bare(each) === bare(etag))
const bare = (etag: string) => etag.trim().replace(/^W\//, '').replace(/^"|"$/g, '')

export interface ByteRange {
  readonly start: number
  /** The first byte after it. */
  readonly end: number
}

/** One range; what S3 does not understand it ignores. @throws AwsError InvalidRange */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (start >= size || end <= start) throw s3Error('InvalidRange', 'The requested range is not satisfiable', { RangeRequested: header, ActualObjectSize: size })
  return { start, end }
}
