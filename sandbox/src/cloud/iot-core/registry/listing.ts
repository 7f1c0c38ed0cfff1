// sandbox/src/cloud/iot-core/registry/listing.ts: one page of a list, and the token by which a client goes on.
import type { Table } from '../../store/store.ts'
import { invalidRequest } from './errors.ts'

/** ListCertificates names 25 as its default page size; the other lists do not name theirs. */
const DEFAULT_PAGE_SIZE = 25
const READ_AHEAD = 250

export interface ListOptions<T> {
  readonly prefix?: string
  readonly token?: string | undefined
  readonly size?: number | undefined
  readonly order?: 'ascending' | 'descending'
  /** Entries that the client asked for; the others take no place on a page. */
  readonly keep?: (key: string, value: T) => boolean
}

export interface Listed<T> {
  readonly items: readonly (readonly [key: string, value: T])[]
  readonly next: string | undefined
}

/** @throws AwsError InvalidRequestException when the token is not one of ours */
export function listed<T>(table: Pick<Table<T>, 'page'>, { prefix = '', token, size = DEFAULT_PAGE_SIZE, order = 'ascending', keep }: ListOptions<T>): Listed<T> {
  const items: (readonly [string, T])[] = []
  let after = token === undefined || token === '' ? undefined : keyOfToken(token, prefix)
  do {
    const page = table.page({ prefix, limit: keep ? READ_AHEAD : size + 1 - items.length, order, ...(after === undefined ? {} : { after }) })
    items.push(...(keep ? page.items.filter(([key, value]) => keep(key, value)) : page.items))
    after = page.next
  } while (after !== undefined && items.length <= size)
  const shown = items.slice(0, size)
  const last = shown.at(-1)
  return { items: shown, next: items.length > size && last ? tokenOfKey(last[0]) : undefined }
}

/** The same for a list that is computed; the names must be sorted. */
export function listedOf(names: readonly string[], { token, size = DEFAULT_PAGE_SIZE }: Pick<ListOptions<never>, 'token' | 'size'>): { readonly names: readonly string[]; readonly next: string | undefined } {
  const after = token === undefined || token === '' ? undefined : keyOfToken(token, '')
  const rest = after === undefined ? names : names.filter((name) => name > after)
  const last = rest[size - 1]
  return { names: rest.slice(0, size), next: rest.length > size && last !== undefined ? tokenOfKey(last) : undefined }
}

const tokenOfKey = (key: string) => Buffer.from(key).toString('base64')

function keyOfToken(token: string, prefix: string): string {
  const key = Buffer.from(token, 'base64').toString()
  if (tokenOfKey(key) !== token || !key.startsWith(prefix)) throw invalidRequest('The pagination token is not valid.')
  return key
}
