// sandbox/src/cloud/s3/listing.ts: walks keys in order, and folds those that share a prefix up to the delimiter.

export interface Listed<T> {
  readonly items: readonly T[]
  readonly commonPrefixes: readonly string[]
  readonly isTruncated: boolean
  /** What was shown last: an item, or a common prefix. */
  readonly last: { readonly kind: 'item'; readonly item: T } | { readonly kind: 'prefix'; readonly prefix: string } | undefined
}

export interface Walk<T> {
  readonly prefix: string
  readonly delimiter: string
  readonly maxKeys: number
  /** The next items after this position, at most `limit`. */
  readonly from: (after: string | undefined, limit: number) => readonly T[]
  readonly keyOf: (item: T) => string
  readonly positionOf: (item: T) => string
  readonly after: string | undefined
}

const BATCH = 1000
/** Sorts behind every key that begins with what stands before it. */
export const PAST = '\u{10FFFF}'

export function walk<T>({ prefix, delimiter, maxKeys, from, keyOf, positionOf, after }: Walk<T>): Listed<T> {
  const items: T[] = []
  const commonPrefixes: string[] = []
  let last: Listed<T>['last']
  let position = after
  const shown = () => ({ items, commonPrefixes, last })
  for (;;) {
    const batch = from(position, BATCH)
    let skipped = false
    for (const item of batch) {
      if (items.length + commonPrefixes.length >= maxKeys) return { ...shown(), isTruncated: maxKeys > 0 }
      const folded = commonPrefixOf(keyOf(item), prefix, delimiter)
      if (folded === undefined) {
        items.push(item)
        last = { kind: 'item', item }
        position = positionOf(item)
        continue
      }
      commonPrefixes.push(folded)
      last = { kind: 'prefix', prefix: folded }
      position = folded + PAST
      skipped = true
      break
    }
    if (!skipped && batch.length < BATCH) return { ...shown(), isTruncated: false }
  }
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

/** `encoding-type=url`: keys may hold what XML cannot say. */
export const urlEncoded = (text: string | undefined, encodingType: string | undefined): string | undefined =>
  text === undefined || encodingType !== 'url' ? text : text.split('/').map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)).join('/')
