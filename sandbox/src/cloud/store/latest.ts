// sandbox/src/cloud/store/latest.ts: remembers the latest so many values by key, and no more.

export interface Latest<K, V> {
  /** Also true for a key that is known to have no value. */
  has(key: K): boolean
  get(key: K): V | undefined
  /** @returns the value */
  keep<W extends V>(key: K, value: W): W
  forget(key: K): void
  clear(): void
}

/** Drops the one that was kept first. */
export function latest<K, V>(most: number): Latest<K, V> {
  const values = new Map<K, V>()
  return {
    has: (key) => values.has(key),
    get: (key) => values.get(key),
    keep(key, value) {
      values.set(key, value)
      const [oldest] = values.size > most ? values.keys() : []
      if (oldest !== undefined) values.delete(oldest)
      return value
    },
    forget: (key) => void values.delete(key),
    clear: () => values.clear(),
  }
}
