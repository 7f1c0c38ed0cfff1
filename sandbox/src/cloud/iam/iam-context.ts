// sandbox/src/cloud/iam/iam-context.ts: what each group of IAM's operations works with, and IAM's way of paging.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, atMost } from '../constraint.ts'
import type { Page } from '../store/store.ts'
import { pageOf, pageOfList } from '../wire/paging.ts'
import { refuseViolations } from './checks.ts'
import type { IamRecords, TagRecord } from './iam-records.ts'

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
export function markedPage<T>(marked: Marked, read: (options: { readonly after?: string; readonly limit: number }) => Page<T>): MarkedItems<T> {
  const { items, nextToken } = pageOf(read, asked(marked))
  return { items, marker: markerOf(nextToken) }
}

/** The same for a list that is at hand; keys are unique. */
export function markedList<T>(marked: Marked, list: readonly T[], keyOf: (item: T) => string): MarkedItems<T> {
  const { items, nextToken } = pageOfList(list, { keyOf, ...asked(marked) })
  return { items, marker: markerOf(nextToken) }
}

export const markedTags = (marked: Marked, tags: readonly TagRecord[]) => {
  const { items, marker } = markedList(marked, tags, ({ Key }) => Key)
  return { Tags: [...items], ...marker }
}

export interface MarkedItems<T> {
  readonly items: readonly T[]
  readonly marker: { readonly IsTruncated: boolean; readonly Marker?: string }
}

function asked({ Marker, MaxItems }: Marked) {
  refuseViolations(['maxItems', MaxItems, atLeast(1), atMost(1000)])
  const invalid = () => new AwsError('ValidationError', 'Invalid Marker.', { status: 400 })
  return { token: Marker, size: { asked: MaxItems, usual: 100, most: 1000 }, invalid }
}

const markerOf = (nextToken: string | undefined) => ({ IsTruncated: nextToken !== undefined, ...(nextToken === undefined ? {} : { Marker: nextToken }) })
