// packages/contract/src/serial-index.ts: a set of the words of a long text, kept as places in it: a Set would make, hash and keep a string of each.

/** Upper and lower case are the same word. Words have at most 255 characters. */
export interface SerialIndex {
  /** Adds text[start, end). @returns where the same word stood before, or -1 */
  add(start: number, end: number): number
  /** Whether this word, in lower case, was added. */
  has(word: string): boolean
}

/** @param most how many words there can be: there are at least twice as many slots (open addressing with linear probing) */
export function serialIndex(text: string, most: number): SerialIndex {
  const mask = 2 ** Math.ceil(Math.log2(Math.max(2, most * 2))) - 1
  const starts = new Int32Array(mask + 1) // 0 marks a free slot, else start + 1
  const lengths = new Uint8Array(mask + 1)
  const isSameAs = (start: number, source: string, from: number, end: number): boolean => {
    for (let at = from; at < end; at++) {
      if (lower(text.charCodeAt(start + at - from)) !== lower(source.charCodeAt(at))) return false
    }
    return true
  }
  /** The slot of source[from, end), or the free one where it belongs. */
  const slotOf = (source: string, from: number, end: number): number => {
    let slot = hash(source, from, end) & mask
    for (; starts[slot] !== 0; slot = (slot + 1) & mask) {
      if (lengths[slot] === end - from && isSameAs((starts[slot] ?? 0) - 1, source, from, end)) break
    }
    return slot
  }
  return {
    add(start, end) {
      const slot = slotOf(text, start, end)
      if (starts[slot] !== 0) return (starts[slot] ?? 0) - 1
      starts[slot] = start + 1
      lengths[slot] = end - start
      return -1
    },
    has: (word) => word === word.toLowerCase() && starts[slotOf(word, 0, word.length)] !== 0,
  }
}

const lower = (code: number) => (code >= 65 && code <= 90 ? code + 32 : code)

/** FNV-1a over UTF-16 units, folded once more: the low bits alone decide the slot. */
function hash(source: string, from: number, end: number): number {
  let value = 0x811c9dc5
  for (let at = from; at < end; at++) value = Math.imul(value ^ lower(source.charCodeAt(at)), 0x01000193)
  return value ^ (value >>> 15)
}
