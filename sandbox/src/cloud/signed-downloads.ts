// sandbox/src/cloud/signed-downloads.ts: links by which whoever holds one may fetch one thing for a while, as presigned URLs of AWS's own buckets are.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Store } from './store/store.ts'
import type { HttpAnswer, HttpRoute } from './wire/http-route.ts'

export interface Content {
  readonly sizeBytes: number
  /** Bytes `from` up to, not including, `to`. */
  read(from: number, to: number): Iterable<Uint8Array>
}

export interface SignedDownloads {
  /** Says where the bytes of this kind of link come from. */
  register(kind: string, find: (key: string) => Content | undefined): void
  url(origin: string, link: { readonly kind: string; readonly key: string; readonly seconds: number }): string
  /** Where these links lead. */
  readonly route: HttpRoute
}

const PREFIX = '/_downloads/'

export const wholeContent = (bytes: Uint8Array): Content => ({ sizeBytes: bytes.byteLength, read: (from, to) => [bytes.subarray(from, to)] })

/** The signing key is made once and kept: links outlive a restart. */
export function signedDownloads(store: Store, clock: Clock): SignedDownloads {
  const secrets = store.table<string>('download_secrets')
  const secret = secrets.get('signing') ?? randomBytes(32).toString('base64')
  secrets.put('signing', secret)
  const finders = new Map<string, (key: string) => Content | undefined>()
  const sign = (...parts: readonly string[]) => createHmac('sha256', Buffer.from(secret, 'base64')).update(JSON.stringify(parts)).digest()
  return {
    register: (kind, find) => void finders.set(kind, find),
    url(origin, { kind, key, seconds }) {
      const expires = String(Math.floor(clock.now().getTime() / 1000) + seconds)
      const encodedKey = encodeURIComponent(key)
      const query = new URLSearchParams({ expires, signature: sign(kind, encodedKey, expires).toString('hex') })
      return `${origin}${PREFIX}${kind}/${encodedKey}?${query.toString()}`
    },
    route: {
      prefix: PREFIX,
      handle({ method, path, query, headers }) {
        const [kind = '', encodedKey = ''] = path.slice(PREFIX.length).split('/')
        const expires = query.get('expires') ?? ''
        const signature = Buffer.from(query.get('signature') ?? '', 'hex')
        const right = sign(kind, encodedKey, expires)
        if (signature.length !== right.length || !timingSafeEqual(signature, right)) return denied('SignatureDoesNotMatch', 'The link is not one that was given out here.')
        if (Number(expires) * 1000 < clock.now().getTime()) return denied('AccessDenied', 'Request has expired')
        if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } }
        const content = finders.get(kind)?.(decodeURIComponent(encodedKey))
        return content ? answer(content, headers['range'], method === 'HEAD') : { status: 404, body: 'gone' }
      },
    },
  }
}

const denied = (code: string, message: string): HttpAnswer => ({ status: 403, headers: { 'content-type': 'application/xml' }, body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>` })

/** One range at most, as Greengrass cores ask for (`bytes=0-2352`); anything else gets the whole (RFC 9110 §14.2 allows it). */
function answer(content: Content, range: string | undefined, isHead: boolean): HttpAnswer {
  const asked = rangeOf(range, content.sizeBytes)
  if (asked === 'unsatisfiable') return { status: 416, headers: { 'content-range': `bytes */${content.sizeBytes}` } }
  const { from, to } = asked ?? { from: 0, to: content.sizeBytes }
  return {
    status: asked ? 206 : 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(to - from),
      'accept-ranges': 'bytes',
      ...(asked ? { 'content-range': `bytes ${from}-${to - 1}/${content.sizeBytes}` } : {}),
    },
    ...(isHead ? {} : { body: content.read(from, to) }),
  }
}

export function rangeOf(range: string | undefined, sizeBytes: number): { readonly from: number; readonly to: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '' && last === '') return undefined
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const to = first === '' || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  return from < to ? { from, to } : 'unsatisfiable'
}
