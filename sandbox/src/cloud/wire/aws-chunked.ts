// sandbox/src/cloud/wire/aws-chunked.ts: takes the framing off `aws-chunked` bodies, with their chunk signatures and trailers («Signature calculations: transferring payload in multiple chunks», S3 API).
import type { KeyObject } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import { type CredentialScope, sha256Hex, signatureOf } from './sigv4.ts'

/** What is needed to check the signatures of chunks: each signs its bytes and the signature before it. */
export interface ChunkSigning {
  readonly key: KeyObject
  readonly scope: CredentialScope
  readonly amzDate: string
  readonly seed: string
}

export interface Unframed {
  readonly bytes: Buffer
  /** Names in lower case. */
  readonly trailers: Readonly<Record<string, string>>
}

export const isAwsChunked = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true || (headers['content-encoding'] ?? '').split(',').some((coding) => coding.trim() === 'aws-chunked')

/** `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0[;…]\r\n<trailers>\r\n\r\n`. @throws AwsError */
export function unframe(framed: Buffer, signing: ChunkSigning | undefined): Unframed {
  const chunks: Buffer[] = []
  let previous = signing?.seed ?? ''
  let at = 0
  for (;;) {
    const [header, next] = lineAt(framed, at)
    const [, hex, signature] = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(header) ?? []
    if (hex === undefined) throw incomplete()
    const size = Number.parseInt(hex, 16)
    const bytes = framed.subarray(next, next + size)
    if (bytes.length !== size) throw incomplete()
    if (signing) {
      if (signature === undefined || signature !== chunkSignature(signing, previous, bytes)) throw mismatch()
      previous = signature
    }
    if (size === 0) return { bytes: Buffer.concat(chunks), trailers: trailersAt(framed, next) }
    chunks.push(bytes)
    at = next + size + CRLF.length
    if (framed.toString('latin1', next + size, at) !== CRLF) throw incomplete()
  }
}

const CRLF = '\r\n'
const EMPTY_HASH = sha256Hex('')

function lineAt(framed: Buffer, at: number): [line: string, next: number] {
  const end = framed.indexOf(CRLF, at)
  if (end < 0) throw incomplete()
  return [framed.toString('latin1', at, end), end + CRLF.length]
}

function trailersAt(framed: Buffer, at: number): Record<string, string> {
  const lines = framed.toString('latin1', at).split(/\r?\n/)
  const entries = lines.map((line) => [line.slice(0, Math.max(line.indexOf(':'), 0)).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const)
  return Object.fromEntries(entries.filter(([name]) => name !== ''))
}

function chunkSignature({ key, scope, amzDate }: ChunkSigning, previous: string, bytes: Uint8Array): string {
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`
  return signatureOf(key, ['AWS4-HMAC-SHA256-PAYLOAD', amzDate, scopeText, previous, EMPTY_HASH, sha256Hex(bytes)].join('\n'))
}

const incomplete = () => new AwsError('IncompleteBody', 'The request body terminated unexpectedly', { status: 400 })

const mismatch = () =>
  new AwsError('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your key and signing method.', { status: 403 })
