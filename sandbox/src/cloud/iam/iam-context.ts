// sandbox/src/cloud/iam/iam-context.ts: what each group of IAM's operations works with, and IAM's way of paging.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, atMost } from '../constraint.ts'
import type { Page } from '../store/store.ts'
import { pageOf } from '../wire/paging.ts'
import { refuseViolations } from './checks.ts'
import type { IamRecords } from './iam-records.ts'

export interface IamContext {
  readonly records: IamRecords
  readonly account: Account
  readonly clock: Clock
  /** Policies may have changed: what was compiled of them is no longer good. */
  readonly changed: () => void
}

export interface Marked {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

/** IAM pages by Marker and MaxItems: 100 unless asked, 1000 at most. */
export function markedPage<T>({ Marker, MaxItems }: Marked, read: (options: { readonly after?: string; readonly limit: number }) => Page<T>): { items: readonly T[]; marker: { IsTruncated: boolean; Marker?: string } } {
  refuseViolations(['maxItems', MaxItems, atLeast(1), atMost(1000)])
  const invalid = () => new AwsError('ValidationError', 'Invalid Marker.', { status: 400 })
  const { items, nextToken } = pageOf(read, { token: Marker, size: { asked: MaxItems, usual: 100, most: 1000 }, invalid })
  return { items, marker: { IsTruncated: nextToken !== undefined, ...(nextToken === undefined ? {} : { Marker: nextToken }) } }
}
