// sandbox/src/cloud/signed-downloads.test.ts: links that give a right for a while.
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { cloudClock } from './clock.ts'
import { rangeOf, signedDownloads, wholeContent } from './signed-downloads.ts'
import { openStore } from './store/store.ts'
import type { HttpAnswer, HttpRequest } from './wire/http-route.ts'

const KIND = 'thing'
const KEY = 'a b/c@sha256:d'

function bench() {
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const downloads = signedDownloads(store, clock)
  downloads.register(KIND, (key) => (key === KEY ? wholeContent(Buffer.from('0123456789')) : undefined))
  const url = downloads.url('http://127.0.0.1:1', { kind: KIND, key: KEY, seconds: 60 })
  const get = async (link: string, { method = 'GET', headers = {} }: Partial<HttpRequest> = {}) => {
    const { pathname: path, search, searchParams: query } = new URL(link)
    const answer = await downloads.route.handle({ method, path, rawQuery: search.slice(1), query, headers, body: Readable.from([]), clientCertificate: undefined, isTls: false, origin: '', clientAddress: '', requestId: '' })
    return { ...answer, text: textOf(answer) }
  }
  return { store, clock, downloads, url, get }
}

const textOf = ({ body = '' }: HttpAnswer) => (typeof body === 'string' ? body : Buffer.concat([...(body as Iterable<Uint8Array>)]).toString())

test('a link leads to its bytes, also after a restart, until it has expired', async () => {
  const { store, clock, url, get } = bench()
  expect(await get(url)).toMatchObject({ status: 200, text: '0123456789', headers: { 'content-length': '10' } })
  expect(await get(url, { method: 'HEAD' })).toMatchObject({ status: 200, text: '', headers: { 'content-length': '10' } })
  const later = signedDownloads(store, clock)
  expect(later.url('http://127.0.0.1:1', { kind: KIND, key: KEY, seconds: 60 })).toBe(url)
  clock.advance(61_000)
  expect(await get(url)).toMatchObject({ status: 403, text: expect.stringContaining('expired') })
})

test.each<[string, (url: string) => string]>([
  ['another key', (url) => url.replace('a%20b', 'a%20x')],
  ['another kind', (url) => url.replace(`/${KIND}/`, '/other/')],
  ['a longer life', (url) => url.replace(/expires=\d+/, 'expires=9999999999')],
  ['a forged signature', (url) => url.replace(/signature=../, 'signature=00')],
  ['no signature', (url) => url.replace(/&signature=.*/, '')],
  ['a key that is no text', (url) => url.replace('a%20b', '%ff')],
])('a link with %s leads nowhere', async (_case, change) => {
  const { url, get } = bench()
  expect(await get(change(url))).toMatchObject({ status: 403 })
})

test.each<[string, ReturnType<typeof rangeOf>]>([
  ['bytes=0-2352', { from: 0, to: 10 }],
  ['bytes=2-3', { from: 2, to: 4 }],
  ['bytes=7-', { from: 7, to: 10 }],
  ['bytes=-3', { from: 7, to: 10 }],
  ['bytes=-30', { from: 0, to: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=5-2', 'unsatisfiable'],
  ['bytes=0-1,3-4', undefined],
  ['lines=1-2', undefined],
])('range %s of ten bytes', (range, expected) => {
  expect(rangeOf(range, 10)).toEqual(expected)
})

test('a range is answered as such', async () => {
  const { url, get } = bench()
  expect(await get(url, { headers: { range: 'bytes=2-3' } })).toMatchObject({ status: 206, text: '23', headers: { 'content-range': 'bytes 2-3/10', 'content-length': '2' } })
  expect(await get(url, { headers: { range: 'bytes=10-' } })).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } })
})
