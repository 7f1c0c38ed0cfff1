// sandbox/src/cloud/wire/checksums.ts: the checksums that S3 clients send with a body, in headers or trailers, and whether they hold.
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { AwsError } from '../aws-error.ts'

const HEADER_PREFIX = 'x-amz-checksum-'

/** Header names end in these; the value is base64 of the big-endian bytes. */
const ALGORITHMS: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  crc32: (bytes) => bigEndian(crc32(bytes)),
  crc32c: (bytes) => bigEndian(crc32c(bytes)),
  crc64nvme: (bytes) => crc64nvme(bytes),
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
}

/** Header names of the checksums that this gateway knows. */
export const checksumHeaders = Object.keys(ALGORITHMS).map((name) => `${HEADER_PREFIX}${name}`)

/** Checks Content-MD5 and every x-amz-checksum-…; @throws AwsError BadDigest, InvalidDigest */
export function verifyChecksums(headers: Readonly<Record<string, string | undefined>>, bytes: Uint8Array): void {
  const md5 = headers['content-md5']
  if (md5 !== undefined) {
    if (Buffer.from(md5, 'base64').length !== 16) throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', { status: 400, members: { 'Content-MD5': md5 } })
    if (createHash('md5').update(bytes).digest('base64') !== md5) throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', { status: 400 })
  }
  for (const [name, compute] of Object.entries(ALGORITHMS)) {
    const given = headers[`${HEADER_PREFIX}${name}`]
    if (given !== undefined && compute(bytes).toString('base64') !== given) {
      throw new AwsError('BadDigest', `The ${name.toUpperCase()} you specified did not match the calculated checksum.`, { status: 400 })
    }
  }
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

/** Castagnoli, reflected (RFC 3720 appendix B.4). */
const CRC32C_POLYNOMIAL = 0x82f63b78
let crc32cTable: Uint32Array | undefined

function crc32c(bytes: Uint8Array): number {
  const table = (crc32cTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ CRC32C_POLYNOMIAL : rest >>> 1
    return rest
  }))
  let sum = 0xffffffff
  for (const byte of bytes) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8)
  return ~sum
}

/** CRC-64/NVME, reflected, in two halves since numbers hold 53 bits (NVM Express NVM command set specification). */
const CRC64_HIGH = 0x9a6c9329
const CRC64_LOW = 0xac4bc9b5
let crc64Table: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined

function crc64nvme(bytes: Uint8Array): Buffer {
  const table = (crc64Table ??= makeCrc64Table())
  let high = 0xffffffff
  let low = 0xffffffff
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff
    low = (((low >>> 8) | (high << 24)) ^ (table.low[index] ?? 0)) >>> 0
    high = ((high >>> 8) ^ (table.high[index] ?? 0)) >>> 0
  }
  return Buffer.concat([bigEndian(~high), bigEndian(~low)])
}

function makeCrc64Table(): { high: Uint32Array; low: Uint32Array } {
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) }
  for (let byte = 0; byte < 256; byte++) {
    let [high, low] = [0, byte]
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1
      low = ((low >>> 1) | (high << 31)) >>> 0
      high >>>= 1
      if (carry) [high, low] = [(high ^ CRC64_HIGH) >>> 0, (low ^ CRC64_LOW) >>> 0]
    }
    table.high[byte] = high
    table.low[byte] = low
  }
  return table
}
