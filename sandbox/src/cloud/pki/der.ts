// sandbox/src/cloud/pki/der.ts: writes and reads the distinguished encoding (DER, ITU-T X.690) that certificates are made of.

/** Tags (X.690 §8, X.680 §8.4) that X.509 uses. */
export const TAG = { boolean: 1, integer: 2, bitString: 3, octetString: 4, oid: 6, utcTime: 23, generalizedTime: 24, sequence: 0x30, set: 0x31 } as const

/** The context-specific tag `[number]`, constructed or (of a string type) primitive. */
export const contextTag = (number: number, form: 'constructed' | 'primitive' = 'constructed') => (form === 'constructed' ? 0xa0 : 0x80) | number

/** One element: tag, length, contents. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body])
}

export const sequence = (...contents: readonly Uint8Array[]) => der(TAG.sequence, ...contents)
export const octetString = (contents: Uint8Array) => der(TAG.octetString, contents)
/** Whole octets; a certificate has no others but KeyUsage. */
export const bitString = (contents: Uint8Array, unusedBits = 0) => der(TAG.bitString, Buffer.of(unusedBits), contents)
export const TRUE = der(TAG.boolean, Buffer.of(0xff))

/** A non-negative integer of big-endian octets, in its shortest form. */
export function integer(octets: Uint8Array): Buffer {
  const first = octets.findIndex((octet) => octet !== 0)
  const shortest = first < 0 ? Buffer.of(0) : octets.subarray(first)
  return der(TAG.integer, (shortest[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0), shortest)
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** Until 2049 as UTCTime, later as GeneralizedTime (RFC 5280 §4.1.2.5). Parts of a second are dropped. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/\.\d+Z$|[-:T]/g, '')
  const inUtcTime = at.getUTCFullYear() < 2050
  return der(inUtcTime ? TAG.utcTime : TAG.generalizedTime, Buffer.from(`${inUtcTime ? digits.slice(2) : digits}Z`, 'latin1'))
}

/** An element that was read: `contents` without, `whole` with tag and length. */
export interface Element {
  readonly tag: number
  readonly contents: Uint8Array
  readonly whole: Uint8Array
}

/** These octets are not the DER that they should be. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** All elements that follow one another in `bytes`. @throws DerError */
export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const element = elementAt(bytes, at)
    found.push(element)
    at += element.whole.length
  }
  return found
}

/** The element at `index`, which must have this tag. @throws DerError */
export function expectElement(list: readonly Element[], index: number, tag: number): Element {
  const element = list[index]
  if (element?.tag !== tag) throw new DerError(`element ${index} has tag ${element?.tag ?? 'none'}, not ${tag}`)
  return element
}

/** The dotted form of an object identifier's contents. */
export function dottedOid(contents: Uint8Array): string {
  const arcs: number[] = []
  let arc = 0
  for (const octet of contents) {
    arc = arc * 128 + (octet & 0x7f)
    if (octet < 0x80) arc = (arcs.push(arc), 0)
  }
  const [head = 0, ...rest] = arcs
  const first = Math.min(2, Math.floor(head / 40))
  return [first, head - first * 40, ...rest].join('.')
}

function elementAt(bytes: Uint8Array, at: number): Element {
  const [tag = 0, short = 0] = bytes.subarray(at)
  const size = short < 0x80 ? 0 : short & 0x7f
  if (size > 3 || short === 0x80) throw new DerError(`a length of ${size} octets`)
  const begin = at + 2 + size
  const length = size === 0 ? short : bytes.subarray(at + 2, begin).reduce((sum, octet) => sum * 256 + octet, 0)
  if (begin + length > bytes.length) throw new DerError(`an element of ${length} octets ends after the end`)
  return { tag, contents: bytes.subarray(begin, begin + length), whole: bytes.subarray(at, begin + length) }
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const octets = Buffer.from(length.toString(16).padStart(6, '0').replace(/^(00){1,2}/, ''), 'hex')
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets])
}

function base128(arc: number): number[] {
  const octets = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128))
  return octets
}
