// sandbox/src/cloud/ecr/pages.ts: pages of ECR's lists.
import { pageOfList } from '../wire/paging.ts'
import { invalidParameter } from './ecr-error.ts'

export interface PageRequest {
  readonly maxResults?: number | undefined
  readonly nextToken?: string | undefined
  /** Page size when none is asked for, and the largest (API reference: 100 and 1000). */
  readonly usual: number
}

const MOST = 1000

export function pageOf<T>(list: readonly T[], keyOf: (item: T) => string, { maxResults, nextToken, usual }: PageRequest): { readonly page: readonly T[]; readonly nextToken?: string } {
  const invalid = () => invalidParameter("Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'")
  const { items, nextToken: next } = pageOfList(list, { keyOf, token: nextToken, size: { asked: maxResults, usual, most: MOST }, invalid })
  return { page: items, ...(next === undefined ? {} : { nextToken: next }) }
}
