// sandbox/src/cloud/greengrass/pages.ts: pages of Greengrass's lists.
import { pageOfList } from '../wire/paging.ts'
import { invalid } from './greengrass-error.ts'

/** API reference: 1 to 100 results a page; 50 when none is asked for. */
const USUAL = 50
const MOST = 100

export interface PageRequest {
  readonly maxResults?: number | undefined
  readonly nextToken?: string | undefined
}

export function pageOf<T>(list: readonly T[], keyOf: (item: T) => string, { maxResults, nextToken }: PageRequest): { readonly page: readonly T[]; readonly nextToken?: string } {
  const size = { asked: maxResults, usual: USUAL, most: MOST }
  const { items, nextToken: next } = pageOfList(list, { keyOf, token: nextToken, size, invalid: () => invalid('The nextToken is not valid.', ['nextToken']) })
  return { page: items, ...(next === undefined ? {} : { nextToken: next }) }
}

/** A key by which what came last is first. */
export const newestFirst = (at: Date, tie: string) => `${String(8_640_000_000_000_000 - at.getTime()).padStart(16, '0')}${tie}` // the largest time that a Date can hold
