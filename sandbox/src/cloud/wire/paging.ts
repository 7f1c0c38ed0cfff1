// sandbox/src/cloud/wire/paging.ts: pages of lists: sizes within an operation's limits, and tokens that a client can only give back.
import type { Page } from '../store/store.ts'

/** A token is the key to go on after; clients must not read it, so it is not readable. */
export const tokenOf = (key: string): string => Buffer.from(PREFIX + key).toString('base64') // of all models, Cloud Control's allows the fewest characters: those of base64

/** @returns undefined when there is no token. @throws what `invalid` makes: each service has its own error for a bad token */
export function keyOfToken(token: string | undefined, invalid: () => Error): string | undefined {
  if (token === undefined) return undefined
  const bytes = Buffer.from(token, 'base64')
  const text = bytes.toString()
  if (!text.startsWith(PREFIX) || bytes.toString('base64') !== token) throw invalid()
  return text.slice(PREFIX.length)
}

/** Told apart from what other clouds and older versions gave out. */
const PREFIX = 'p1.'

export interface PageSize {
  readonly asked: number | undefined
  /** When the client asks for none. */
  readonly usual: number
  readonly most: number
}

/** What is over the maximum is refused by most services; those call this after their own check. */
export const pageSize = ({ asked, usual, most }: PageSize): number => Math.min(asked ?? usual, most)

export interface Paged<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

/** One page of a table, by the token of the page before. */
export function pageOf<T>(
  read: (options: { readonly after?: string; readonly limit: number }) => Page<T>,
  { token, size, invalid }: { readonly token: string | undefined; readonly size: PageSize; readonly invalid: () => Error },
): Paged<T> {
  const after = keyOfToken(token, invalid)
  const { items, next } = read({ ...(after === undefined ? {} : { after }), limit: pageSize(size) })
  return { items: items.map(([, value]) => value), nextToken: next === undefined ? undefined : tokenOf(next) }
}

/** The same for a list that is at hand: sorted by `keyOf`, which must be unique. */
export function pageOfList<T>(
  list: readonly T[],
  { keyOf, token, size, invalid }: { readonly keyOf: (item: T) => string; readonly token: string | undefined; readonly size: PageSize; readonly invalid: () => Error },
): Paged<T> {
  const after = keyOfToken(token, invalid)
  const sorted = list.map((item) => ({ key: keyOf(item), item })).sort((one, other) => (one.key < other.key ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => key > after)
  const page = rest.slice(0, pageSize(size))
  const last = page.at(-1)
  return { items: page.map(({ item }) => item), nextToken: last && rest.length > page.length ? tokenOf(last.key) : undefined }
}
